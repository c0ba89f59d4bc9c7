@org.jspecify.annotations.NullMarked
package tayyar.stored;
