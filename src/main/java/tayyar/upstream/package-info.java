/**
 * Step 5: an answer from another server, or from our own worker. Called by http through the wiring;
 * calls stream for the splitting of events.
 */
@org.jspecify.annotations.NullMarked
package tayyar.upstream;
