@org.jspecify.annotations.NullMarked
package tayyar.stream;
