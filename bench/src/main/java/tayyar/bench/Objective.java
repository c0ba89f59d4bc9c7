package tayyar.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bounds that a request must keep to count as good. A bound of 0 is none. Immutable.
 *
 * @param ttftMicros the longest time to the first token
 * @param itlMicros 99 of 100 gaps of the request are at most this
 * @param tpotMicros the longest mean time per output token behind the first
 * @param e2eMicros the longest time to the end
 */
public record Objective(long ttftMicros, long itlMicros, long tpotMicros, long e2eMicros) {
  /** Every complete answer is good. */
  public static final Objective NONE = new Objective(0, 0, 0, 0);

  private static final Pattern TERM = Pattern.compile("(\\w+)=([0-9.]+)(us|ms|s)");

  /**
   * Reads an objective such as {@code ttft=200ms,itl=50ms}; the words are ttft, itl, tpot and e2e.
   *
   * @throws PlanException with a sentence that names a right form
   */
  public static Objective of(String text) {
    long[] bounds = new long[4];
    for (String term : text.split(",", -1)) {
      Matcher parts = TERM.matcher(term.strip().toLowerCase(Locale.ROOT));
      if (!parts.matches()) {
        throw unreadable(term);
      }
      int which = List.of("ttft", "itl", "tpot", "e2e").indexOf(parts.group(1));
      if (which < 0) {
        throw unreadable(term);
      }
      bounds[which] = micros(parts, term);
    }
    return new Objective(bounds[0], bounds[1], bounds[2], bounds[3]);
  }

  private static long micros(Matcher parts, String term) {
    double unit =
        switch (parts.group(3)) {
          case "us" -> 1;
          case "ms" -> 1e3;
          default -> 1e6;
        };
    try {
      return Math.max(1, Math.round(Double.parseDouble(parts.group(2)) * unit));
    } catch (NumberFormatException e) {
      throw unreadable(term);
    }
  }

  private static PlanException unreadable(String term) {
    return new PlanException(
        "'%s' is no objective; write one such as ttft=200ms,itl=50ms (also tpot and e2e)."
            .formatted(term.strip()));
  }

  /** Whether it has any bound. */
  public boolean isSet() {
    return !equals(NONE);
  }

  /** Whether it bounds something that only a streamed answer has. */
  boolean isOfStreams() {
    return ttftMicros > 0 || itlMicros > 0 || tpotMicros > 0;
  }

  /**
   * Whether a complete answer kept it. An answer without a token has no time to first token.
   *
   * @param ttft microseconds, -1 where there is none
   * @param gapsOver the number of gaps longer than {@link #itlMicros()}
   * @param gaps the number of gaps
   * @param tpot microseconds, -1 where there is none
   * @param e2e microseconds
   */
  boolean keeps(long ttft, int gapsOver, int gaps, double tpot, long e2e) {
    return (ttftMicros == 0 || (ttft >= 0 && ttft <= ttftMicros))
        && (itlMicros == 0 || gapsOver * 100L <= gaps)
        && (tpotMicros == 0 || tpot <= tpotMicros)
        && (e2eMicros == 0 || e2e <= e2eMicros);
  }

  @Override
  public String toString() {
    List<String> terms = new ArrayList<>();
    term(terms, "ttft", ttftMicros);
    term(terms, "itl", itlMicros);
    term(terms, "tpot", tpotMicros);
    term(terms, "e2e", e2eMicros);
    return String.join(",", terms);
  }

  private static void term(List<String> terms, String name, long micros) {
    if (micros > 0) {
      boolean whole = micros % 1000 == 0;
      terms.add(name + "=" + (whole ? micros / 1000 + "ms" : micros + "us"));
    }
  }
}
