package tayyar.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.grammar.Json;

/**
 * What a request says of its answer's end, in vLLM's words. Immutable; used by any thread.
 *
 * @param never whether the tokens by which the model ends an answer are not drawn at all
 * @param least so many tokens come before any that ends the answer
 * @param more tokens that end the answer besides the model's own; without their texts, as those
 */
record Ends(boolean never, int least, BitSet more) {
  /** The most tokens that may end an answer besides the model's own. */
  private static final int MORE_MAX = 1024;

  private static final String NEVER = "ignore_eos";
  private static final String LEAST = "min_tokens";
  private static final String MORE = "stop_token_ids";

  /** The members of a body that it is made of. */
  static final Set<String> MEMBERS = Set.of(NEVER, LEAST, MORE);

  /** Nothing is said. */
  static final Ends USUAL = new Ends(false, 0, new BitSet());

  /**
   * Reads the members.
   *
   * @param json the members that are there, as they were sent
   * @param most the most tokens that the answer may have
   * @param vocabulary the number of its tokens
   * @throws Refused if one of them is wrong
   */
  static Ends of(Map<String, String> json, int most, int vocabulary) {
    if (json.isEmpty()) {
      return USUAL;
    }
    var values = new HashMap<String, Object>();
    json.forEach((member, text) -> values.put(member, Json.read(text, member)));
    values.values().removeIf(Json.NULL::equals);
    int least = least(values.getOrDefault(LEAST, BigDecimal.ZERO));
    if (least > most) {
      throw wrong(LEAST, "must be no more than the most tokens of the answer, " + most + ".");
    }
    return new Ends(
        never(values.getOrDefault(NEVER, false)),
        least,
        more(values.getOrDefault(MORE, List.of()), vocabulary));
  }

  private static boolean never(Object value) {
    if (value instanceof Boolean said) {
      return said;
    }
    throw wrong(NEVER, "must be true or false.");
  }

  private static int least(Object value) {
    int least = whole(value);
    if (least < 0) {
      throw wrong(LEAST, "must be an integer from 0 on.");
    }
    return least;
  }

  private static BitSet more(Object value, int vocabulary) {
    var all = new BitSet();
    if (!(value instanceof List<?> tokens) || tokens.size() > MORE_MAX) {
      throw wrong(MORE, "must be an array of at most " + MORE_MAX + " tokens.");
    }
    for (Object token : tokens) {
      int number = whole(token);
      if (number < 0 || number >= vocabulary) {
        int last = vocabulary - 1;
        throw wrong(MORE, "must have tokens by their numbers, from 0 to " + last + ".");
      }
      all.set(number);
    }
    return all;
  }

  /** Returns -1 for what is no number of tokens. */
  private static int whole(Object value) {
    try {
      return value instanceof BigDecimal number ? number.intValueExact() : -1;
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  private static Refused wrong(String member, String detail) {
    return new Refused(new ApiError.InvalidValue(member, detail));
  }

  /** Whether a token ends the answer behind so many others. */
  boolean at(int token, int produced, Vocabulary vocabulary) {
    return vocabulary.endsAnswer(token) || (produced >= least && more.get(token));
  }

  /** Whether an end that there is may not come behind so many tokens. */
  boolean waits(int produced) {
    return never || produced < least;
  }

  /**
   * Makes those ends impossible. Where a form is held, a token of text may be the only one that may
   * follow: it stands there then, and ends nothing yet.
   */
  void mask(MemorySegment logits, int produced, boolean formed, Vocabulary vocabulary) {
    exclude(logits, vocabulary.endingTokens());
    if (produced < least && !formed) {
      exclude(logits, more);
    }
  }

  private static void exclude(MemorySegment logits, BitSet tokens) {
    for (int token = tokens.nextSetBit(0); token >= 0; token = tokens.nextSetBit(token + 1)) {
      logits.setAtIndex(JAVA_FLOAT, token, Float.NEGATIVE_INFINITY);
    }
  }
}
