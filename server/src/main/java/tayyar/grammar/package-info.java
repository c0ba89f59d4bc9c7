/** Forms that an answer is held to: JSON schemas, regular expressions and GBNF as one automaton. */
@NullMarked
package tayyar.grammar;

import org.jspecify.annotations.NullMarked;
