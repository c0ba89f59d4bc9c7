/**
 * A scripted OpenAI-compatible upstream with faults at will, for tests and benchmarks. It stands on
 * Netty and Jackson and shares no code with the server, so that a mistake made there is not made
 * here as well. Called by the server's command line and tests.
 */
@org.jspecify.annotations.NullMarked
package tayyar.simulate;
