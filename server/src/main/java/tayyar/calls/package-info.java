/** Calls of tools: what a request says of them, and how they are read in what a model writes. */
@NullMarked
package tayyar.calls;

import org.jspecify.annotations.NullMarked;
