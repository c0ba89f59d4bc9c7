/** The API's promises on the wire, tested over real sockets. */
@org.jspecify.annotations.NullMarked
package tayyar.conformance;
