@org.jspecify.annotations.NullMarked
package tayyar.api;
