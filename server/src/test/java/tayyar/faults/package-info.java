/** What happens when a client, an upstream or the server itself goes away or misbehaves. */
@org.jspecify.annotations.NullMarked
package tayyar.faults;
