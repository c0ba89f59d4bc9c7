package tayyar.engine;

import java.nio.file.Path;
import tayyar.api.Sampling;

/**
 * How the engine runs.
 *
 * @param natives folder with llama.cpp's libraries
 * @param model a GGUF file
 * @param name what clients call the model
 * @param slots answers made at once, 1 to 256
 * @param contextTokensPerSlot tokens of prompt and answer together, at least 128
 * @param threads threads that compute, at least 1; one fewer while others need a core
 * @param batchTokens most tokens of one step, at least as many as slots
 * @param queueMax requests that may wait for a slot, at least 0
 * @param prefixCache whether a prompt's beginning is reused where a slot still holds it
 * @param promptBytes memory for prompts kept beside the slots, at least 0, which keeps none
 * @param defaults what applies where a request says nothing
 */
public record EngineConfig(
    Path natives,
    Path model,
    String name,
    int slots,
    int contextTokensPerSlot,
    int threads,
    int batchTokens,
    int queueMax,
    boolean prefixCache,
    long promptBytes,
    Sampling defaults) {

  /** Refuses what can't be run. */
  public EngineConfig {
    require(!name.isBlank(), "the model needs a name");
    require(slots >= 1 && slots <= 256, "slots must be 1 to 256, not " + slots);
    require(
        contextTokensPerSlot >= 128,
        "the context must be at least 128 tokens, not " + contextTokensPerSlot);
    require(threads >= 1, "threads must be at least 1, not " + threads);
    require(batchTokens >= slots, "a batch must hold a token of each slot");
    require(queueMax >= 0, "the queue can't be negative");
    require(promptBytes >= 0, "the memory for prompts can't be negative");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("The engine's configuration is wrong: " + otherwise + ".");
    }
  }
}
