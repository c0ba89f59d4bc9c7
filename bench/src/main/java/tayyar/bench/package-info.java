/**
 * A load generator for any OpenAI-compatible endpoint, and what it says about one. From the outside
 * in: {@link tayyar.bench.Bench} runs a {@link tayyar.bench.Plan}, a Lane is one event loop's share
 * of it, an Attempt one request; a Tally counts, a {@link tayyar.bench.Run} is the result, which is
 * compared and drawn. Called by cli; calls net, stream's splitter and api.
 */
@org.jspecify.annotations.NullMarked
package tayyar.bench;
