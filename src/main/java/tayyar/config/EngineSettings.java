package tayyar.config;

/**
 * How embedded models run.
 *
 * @param slots answers made at once, 1 to 256
 * @param context tokens of prompt and answer together in each slot, 128 to 1,048,576
 * @param threads threads that compute, 1 to 1,024
 * @param batch most tokens of one step, at least as many as slots
 * @param queue requests that may wait for a slot, 0 to 100,000
 * @param prefixCache whether a prompt's beginning is reused where a slot still holds it
 */
public record EngineSettings(
    int slots, int context, int threads, int batch, int queue, boolean prefixCache) {

  /** What applies where the operator says nothing. */
  public static final EngineSettings DEFAULT =
      new EngineSettings(4, 4_096, threadsUsual(), 512, 256, true);

  /** Refuses what can't be run. */
  public EngineSettings {
    Text.range("slots", slots, 1, 256);
    Text.range("context", context, 128, 1_048_576);
    Text.range("threads", threads, 1, 1_024);
    Text.range("batch", batch, slots, 1_048_576);
    Text.range("queue", queue, 0, 100_000);
  }

  /**
   * All cores but one. llama.cpp's threads wait for each other by spinning, many times a token: one
   * that the gateway has to share its core with holds up all the others.
   */
  private static int threadsUsual() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }
}
