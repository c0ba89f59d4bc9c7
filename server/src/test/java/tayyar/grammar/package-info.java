@org.jspecify.annotations.NullMarked
package tayyar.grammar;
