/** What the tests over sockets share: a gateway to test, and clients that see each byte. */
@org.jspecify.annotations.NullMarked
package tayyar.testing;
