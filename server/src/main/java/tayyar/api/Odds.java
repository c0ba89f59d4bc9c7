package tayyar.api;

import java.util.List;

/**
 * What a request says of single tokens.
 *
 * @param told of how many of the likeliest tokens each place's probabilities are told, besides its
 *     own; -1 where none are asked for
 * @param biases what is added to tokens' logits; of more than {@link #BIASES_MAX} one more than
 *     that is kept
 */
public record Odds(int told, List<Bias> biases) {
  /** The most tokens that can have a bias. */
  public static final int BIASES_MAX = 1024;

  /** Nothing is said. */
  public static final Odds NONE = new Odds(-1, List.of());

  /** Copies the list. */
  public Odds {
    biases = List.copyOf(biases);
  }

  /**
   * What is added to a token's logit before anything else is done.
   *
   * @param token its number, as the client wrote it
   * @param value NaN where the client gave no number
   */
  public record Bias(String token, double value) {}
}
