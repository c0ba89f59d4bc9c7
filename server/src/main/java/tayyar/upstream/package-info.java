/**
 * Step 5: an answer from another server, or from our own worker. Called by http through the wiring;
 * requests to targets and their answers go through dialect.
 */
@org.jspecify.annotations.NullMarked
package tayyar.upstream;
