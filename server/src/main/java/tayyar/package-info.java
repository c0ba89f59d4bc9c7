/** The whole server: {@link tayyar.Main} wires the packages below. */
@org.jspecify.annotations.NullMarked
package tayyar;
