@org.jspecify.annotations.NullMarked
package tayyar.wire;
