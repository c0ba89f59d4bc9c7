/**
 * A scripted OpenAI-compatible upstream with faults at will, for tests and benchmarks. It stands on
 * Netty alone and shares nothing with the server's own HTTP and streams, so that a mistake made
 * there is not made here as well. Called by cli; calls api.
 */
@org.jspecify.annotations.NullMarked
package tayyar.simulate;
