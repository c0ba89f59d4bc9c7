/** Bytes and times of a connection, whatever is said on it: events, numbers as text, deadlines. */
@org.jspecify.annotations.NullMarked
package tayyar.wire;
