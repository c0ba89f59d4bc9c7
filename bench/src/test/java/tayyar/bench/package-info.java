@org.jspecify.annotations.NullMarked
package tayyar.bench;
