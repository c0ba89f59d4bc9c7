/**
 * A load generator for any OpenAI-compatible endpoint, and its reports. From the outside in: {@link
 * tayyar.bench.Bench} runs a {@link tayyar.bench.LoadPlan}, a Lane is one event loop's share of it,
 * a MeasuredRequest one request; a Tally counts, a {@link tayyar.bench.Run} is the result, which is
 * compared and drawn. It shares no code with the server: a checker with the server's own reader of
 * streams could not see the mistakes of both. Called by the server's command line.
 */
@org.jspecify.annotations.NullMarked
package tayyar.bench;
