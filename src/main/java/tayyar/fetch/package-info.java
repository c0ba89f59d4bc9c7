/** Brings natives and models onto this machine: pinned, checksummed, resumed. Used by cli. */
@org.jspecify.annotations.NullMarked
package tayyar.fetch;
