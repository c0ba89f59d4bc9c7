@org.jspecify.annotations.NullMarked
package tayyar.cli;
