/** Tests of certificates, and of how they are chosen. */
@org.jspecify.annotations.NullMarked
package tayyar.tls;
