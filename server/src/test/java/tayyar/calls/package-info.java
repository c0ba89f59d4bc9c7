@org.jspecify.annotations.NullMarked
package tayyar.calls;
