/** Tests of the way to the kernel. */
@org.jspecify.annotations.NullMarked
package tayyar.net;
