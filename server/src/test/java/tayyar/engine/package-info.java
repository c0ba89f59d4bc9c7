@org.jspecify.annotations.NullMarked
package tayyar.engine;
