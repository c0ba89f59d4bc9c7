package tayyar.api;

/**
 * Tokens of one request.
 *
 * @param promptTokens tokens read, at least 0
 * @param completionTokens tokens written, at least 0
 * @param cachedTokens those of the prompt that were already in the prefix cache, at least 0
 * @param estimated true where the upstream gave no numbers and these are our guess
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens, boolean estimated) {

  /** No token at all. */
  public static final Usage NONE = new Usage(0, 0, 0, false);

  /** Prompt and completion together. */
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
