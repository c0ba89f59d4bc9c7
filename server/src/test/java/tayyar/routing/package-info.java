@org.jspecify.annotations.NullMarked
package tayyar.routing;
