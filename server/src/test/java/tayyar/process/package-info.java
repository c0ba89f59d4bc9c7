/** How a process ends, seen from outside: each is a Java of its own. */
@org.jspecify.annotations.NullMarked
package tayyar.process;
