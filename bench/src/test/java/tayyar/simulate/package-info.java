@org.jspecify.annotations.NullMarked
package tayyar.simulate;
