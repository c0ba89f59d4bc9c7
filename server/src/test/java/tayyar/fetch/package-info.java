@org.jspecify.annotations.NullMarked
package tayyar.fetch;
