/** A scripted OpenAI-compatible upstream, for tests and benchmarks. Called by cli. */
@org.jspecify.annotations.NullMarked
package tayyar.simulate;
