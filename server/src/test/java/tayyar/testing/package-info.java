/** The shared parts of tests over sockets: a gateway to test, and clients that see each byte. */
@org.jspecify.annotations.NullMarked
package tayyar.testing;
