/**
 * Bytes and times of a connection in any language: server-sent events, numbers as text, deadlines.
 */
@org.jspecify.annotations.NullMarked
package tayyar.wire;
