/** What a model takes of the memory, told by its file before it is loaded, and what is free. */
@NullMarked
package tayyar.memory;

import org.jspecify.annotations.NullMarked;
