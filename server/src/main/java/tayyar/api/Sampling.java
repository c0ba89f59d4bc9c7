package tayyar.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters by which the next token is chosen. A null component was absent (or null) in the
 * request: the model's default applies.
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

  /** No parameter is set. */
  public static final Sampling NONE =
      new Sampling(null, null, null, null, null, null, null, null, null);

  private static final Set<String> NAMES =
      Set.of(
          "temperature",
          "top_p",
          "top_k",
          "min_p",
          "repeat_penalty",
          "frequency_penalty",
          "presence_penalty",
          "seed",
          "max_tokens");

  /**
   * Creates it from names and values as {@link #given()} returns them.
   *
   * @throws IllegalArgumentException if a name is unknown
   */
  public static Sampling of(Map<String, ? extends Number> given) {
    if (!NAMES.containsAll(given.keySet())) {
      throw new IllegalArgumentException("not all of " + given.keySet() + " are in " + NAMES);
    }
    Number seed = given.get("seed");
    return new Sampling(
        decimal(given.get("temperature")),
        decimal(given.get("top_p")),
        whole(given.get("top_k")),
        decimal(given.get("min_p")),
        decimal(given.get("repeat_penalty")),
        decimal(given.get("frequency_penalty")),
        decimal(given.get("presence_penalty")),
        seed == null ? null : seed.longValue(),
        whole(given.get("max_tokens")));
  }

  private static @Nullable Double decimal(@Nullable Number value) {
    return value == null ? null : value.doubleValue();
  }

  private static @Nullable Integer whole(@Nullable Number value) {
    return value == null ? null : value.intValue();
  }

  /** Returns the parameters that are set, by the API's names, in the order of the components. */
  public Map<String, Number> given() {
    var given = new LinkedHashMap<String, Number>();
    put(given, "temperature", temperature);
    put(given, "top_p", topP);
    put(given, "top_k", topK);
    put(given, "min_p", minP);
    put(given, "repeat_penalty", repeatPenalty);
    put(given, "frequency_penalty", frequencyPenalty);
    put(given, "presence_penalty", presencePenalty);
    put(given, "seed", seed);
    put(given, "max_tokens", maxTokens);
    return given;
  }

  private static void put(Map<String, Number> given, String name, @Nullable Number value) {
    if (value != null) {
      given.put(name, value);
    }
  }
}
