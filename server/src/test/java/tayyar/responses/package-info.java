@org.jspecify.annotations.NullMarked
package tayyar.responses;
