package tayyar.api;

import java.util.Map;

/**
 * Tokens of one request.
 *
 * @param promptTokens tokens read, at least 0
 * @param completionTokens tokens written, at least 0
 * @param cachedTokens those of the prompt that were already in the prefix cache, at least 0
 * @param cacheWrites those of the prompt that were written into a cache for a price of their own,
 *     at least 0; together with the cached ones never more than the prompt's
 * @param estimated true where the upstream gave no numbers, or none that can be right, and these
 *     are our guess
 * @param details tokens of the completion by kind, such as {@code reasoning_tokens}, more than 0
 *     each, as far as the upstream told them; names of letters and underscores. Not to be changed
 */
public record Usage(
    int promptTokens,
    int completionTokens,
    int cachedTokens,
    int cacheWrites,
    boolean estimated,
    Map<String, Integer> details) {

  /** No token at all. */
  public static final Usage NONE = new Usage(0, 0, 0, false);

  /** Keeps the parts of the prompt within it. */
  public Usage {
    cacheWrites = Math.clamp(cacheWrites, 0, Math.max(0, promptTokens - cachedTokens));
  }

  /** Creates a usage without details, of a prompt that no cache was told to keep. */
  public Usage(int promptTokens, int completionTokens, int cachedTokens, boolean estimated) {
    this(promptTokens, completionTokens, cachedTokens, 0, estimated, Map.of());
  }

  /** The same with other numbers of prompt and completion. */
  public Usage counted(int prompt, int completion, boolean guessed) {
    int cached = Math.min(cachedTokens, prompt);
    return new Usage(prompt, completion, cached, cacheWrites, guessed, details);
  }

  /** Returns the tokens of the completion that were thought and not said, at least 0. */
  public int reasoningTokens() {
    return details.isEmpty() ? 0 : details.getOrDefault("reasoning_tokens", 0);
  }

  /** Returns the tokens of prompt and completion together. */
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
