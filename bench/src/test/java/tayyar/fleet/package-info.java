@org.jspecify.annotations.NullMarked
package tayyar.fleet;
