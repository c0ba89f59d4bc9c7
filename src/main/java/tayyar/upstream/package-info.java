/** Step 5: an answer from another server, or from our own worker. Called by http; calls stream. */
@org.jspecify.annotations.NullMarked
package tayyar.upstream;
