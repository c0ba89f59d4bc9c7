package tayyar.api;

import java.util.Map;

/**
 * Tokens of one request.
 *
 * @param promptTokens tokens read, at least 0
 * @param completionTokens tokens written, at least 0
 * @param cachedTokens those of the prompt that were already in the prefix cache, at least 0
 * @param estimated true where the upstream gave no numbers, or none that can be right, and these
 *     are our guess
 * @param details tokens of the completion by kind, such as {@code reasoning_tokens}, more than 0
 *     each, as far as the upstream told them; names of letters and underscores. Not to be changed
 */
public record Usage(
    int promptTokens,
    int completionTokens,
    int cachedTokens,
    boolean estimated,
    Map<String, Integer> details) {

  /** No token at all. */
  public static final Usage NONE = new Usage(0, 0, 0, false);

  /** Creates a usage without details. */
  public Usage(int promptTokens, int completionTokens, int cachedTokens, boolean estimated) {
    this(promptTokens, completionTokens, cachedTokens, estimated, Map.of());
  }

  /** Returns the tokens of prompt and completion together. */
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
