package tayyar.api;

import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen. A null component was absent (or null) in the request: the model's
 * default applies.
 *
 * @param temperature 0 to 2; 0 is greedy
 * @param topP nucleus share, 0 to 1
 * @param topK the k likeliest tokens, 0 is off
 * @param minP share of the likeliest token's probability, 0 to 1
 * @param repeatPenalty more than 0; 1 is off
 * @param frequencyPenalty -2 to 2
 * @param presencePenalty -2 to 2
 * @param seed any 64-bit integer
 * @param maxTokens at least 1; {@code max_completion_tokens} wins over {@code max_tokens}
 */
public record Sampling(
    @Nullable Double temperature,
    @Nullable Double topP,
    @Nullable Integer topK,
    @Nullable Double minP,
    @Nullable Double repeatPenalty,
    @Nullable Double frequencyPenalty,
    @Nullable Double presencePenalty,
    @Nullable Long seed,
    @Nullable Integer maxTokens) {

  /** Nothing was asked for. */
  public static final Sampling NONE =
      new Sampling(null, null, null, null, null, null, null, null, null);
}
