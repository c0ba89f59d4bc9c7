/** Tests in which a client, an upstream or the server itself leaves or misbehaves. */
@org.jspecify.annotations.NullMarked
package tayyar.faults;
