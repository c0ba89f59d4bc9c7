package tayyar.config;

import java.nio.file.Path;
import tayyar.memory.ModelMemory;

/**
 * Settings of embedded models.
 *
 * @param slots answers made at once, 1 to 256
 * @param context tokens of prompt and answer together in each slot, 128 to 1,048,576
 * @param threads threads that compute, 1 to 1,024; one fewer while other processes need a core
 * @param batch most tokens of one step, at least as many as slots
 * @param queue requests that may wait for a slot, 0 to 100,000
 * @param prefixCache for whom a prompt's beginning is reused where a slot still holds it
 * @param memoryBytes that all embedded models may take together; 0 is what is free at the start
 * @param promptCache bytes of the machine's memory for prompts kept beside the slots; 0 is none,
 *     {@link #SHARE} an eighth of what is free when the engine starts, 8 GiB at most
 */
public record EngineSettings(
    int slots,
    int context,
    int threads,
    int batch,
    int queue,
    Sharing prefixCache,
    long memoryBytes,
    long promptCache) {
  /** A share of the memory that is free. */
  public static final long SHARE = -1;

  /** The settings where the operator sets none. */
  public static final EngineSettings DEFAULT =
      new EngineSettings(
          4, 4_096, Runtime.getRuntime().availableProcessors(), 512, 256, Sharing.KEY);

  /** Settings for what is free. */
  public EngineSettings(
      int slots, int context, int threads, int batch, int queue, Sharing prefixCache) {
    this(slots, context, threads, batch, queue, prefixCache, 0, SHARE);
  }

  /** Estimates what a worker with such a file takes. Reads its head. */
  public ModelMemory memory(Path file) {
    return ModelMemory.of(file, slots, context, batch);
  }

  /** Refuses values out of range. */
  public EngineSettings {
    Text.range("slots", slots, 1, 256);
    Text.range("context", context, 128, 1_048_576);
    Text.range("threads", threads, 1, 1_024);
    Text.range("batch", batch, slots, 1_048_576);
    Text.range("queue", queue, 0, 100_000);
    Text.range("promptCache", promptCache, SHARE, Long.MAX_VALUE);
  }
}
