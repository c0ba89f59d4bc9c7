/** What the API promises on the wire, tried over real sockets. */
@org.jspecify.annotations.NullMarked
package tayyar.conformance;
