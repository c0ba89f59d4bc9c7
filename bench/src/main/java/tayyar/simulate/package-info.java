/**
 * A scripted OpenAI-compatible upstream with faults at will, for tests and benchmarks. It uses
 * Netty and Jackson and shares no code with the server, so that it does not share the server's
 * mistakes. Called by the server's command line and tests.
 */
@org.jspecify.annotations.NullMarked
package tayyar.simulate;
