/**
 * Step 5: an answer from another server, or from our own worker. Called by http through the wiring;
 * what is said to a target and by it goes through dialect.
 */
@org.jspecify.annotations.NullMarked
package tayyar.upstream;
