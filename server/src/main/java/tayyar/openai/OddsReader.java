package tayyar.openai;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Odds;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the fields about single tokens: {@code logprobs}, {@code top_logprobs}, {@code logit_bias}.
 * Which tokens and values there may be is the target's to judge.
 */
final class OddsReader {
  private static final int BEST_MAX = 20;

  private final JsonParser p;
  private final boolean chat;
  private final List<Odds.Bias> biases = new ArrayList<>(0);
  private boolean wanted;
  private @Nullable Integer best;

  /**
   * Reads nothing yet.
   *
   * @param chat false in a completion, where {@code logprobs} is a number
   */
  OddsReader(JsonParser p, boolean chat) {
    this.p = p;
    this.chat = chat;
  }

  /** Reads the field of this name. */
  void read(String name, JsonToken value) {
    if (name.equals("logit_bias")) {
      biases(value);
    } else if (chat && name.equals("logprobs")) {
      wanted = Values.bool(p, name);
    } else {
      best = Values.integer(p, name, 0, chat ? BEST_MAX : Integer.MAX_VALUE);
    }
  }

  private void biases(JsonToken value) {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.START_OBJECT) {
      throw Values.wrong("logit_bias", "must be an object.");
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String token = p.currentName();
      boolean number = p.nextToken().isNumeric();
      double bias = number ? p.getDoubleValue() : Double.NaN;
      p.skipChildren();
      if (biases.size() <= Odds.BIASES_MAX) {
        biases.add(new Odds.Bias(token, bias));
      }
    }
  }

  /** Whether probabilities are asked for. */
  boolean told() {
    return chat ? wanted : best != null;
  }

  /** Whether any token has a bias. */
  boolean biased() {
    return !biases.isEmpty();
  }

  /**
   * All that was said.
   *
   * @throws tayyar.api.Refused if a chat asks for the best without asking for probabilities
   */
  Odds odds() {
    int most = best == null ? 0 : best;
    if (chat && most > 0 && !wanted) {
      throw Values.wrong("top_logprobs", "may only be given together with 'logprobs': true.");
    }
    return told() || biased() ? new Odds(told() ? most : -1, biases) : Odds.NONE;
  }
}
