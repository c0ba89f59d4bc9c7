@org.jspecify.annotations.NullMarked
package tayyar.upstream;
