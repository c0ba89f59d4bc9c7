@org.jspecify.annotations.NullMarked
package tayyar.dialect;
