package tayyar.api;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The place of a request in a distributed trace (W3C Trace Context). Where no spans are recorded,
 * the client's trace goes on unchanged.
 *
 * @param traceId 32 hexadecimal digits, or empty where there is no trace
 * @param spanId 16 hexadecimal digits: the parent of the spans that follow
 * @param parentId the span above this one, or empty
 * @param flags two hexadecimal digits; the lowest bit says that the trace is sampled
 * @param recorded whether {@code spanId} is a span of ours
 * @param state the {@code tracestate} of the client, or empty
 */
public record Trace(
    String traceId, String spanId, String parentId, String flags, boolean recorded, String state) {

  /** No trace. */
  public static final Trace NONE = new Trace("", "", "", "00", false, "");

  private static final int LENGTH = 55;
  private static final int STATE_CHARS_MAX = 512;
  private static final int STATE_MEMBERS_MAX = 32;

  /**
   * Reads a client's header fields. Invalid ones count as absent, as the specification demands; no
   * request is refused for them.
   */
  public static Trace of(@Nullable String traceparent, @Nullable String tracestate) {
    if (traceparent == null || !valid(traceparent)) {
      return NONE;
    }
    return new Trace(
        traceparent.substring(3, 35),
        traceparent.substring(36, 52),
        "",
        traceparent.substring(53, LENGTH),
        false,
        tracestate != null && validState(tracestate) ? tracestate : "");
  }

  /** Later versions may have more parts after another dash; version ff is forbidden. */
  private static boolean valid(String text) {
    int length = text.length();
    boolean first = text.startsWith("00");
    return length >= LENGTH
        && (length == LENGTH || (!first && text.charAt(LENGTH) == '-'))
        && hex(text, 0, 2)
        && !text.startsWith("ff")
        && text.charAt(2) == '-'
        && hex(text, 3, 35)
        && !zero(text, 3, 35)
        && text.charAt(35) == '-'
        && hex(text, 36, 52)
        && !zero(text, 36, 52)
        && text.charAt(52) == '-'
        && hex(text, 53, LENGTH);
  }

  private static boolean hex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  private static boolean zero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  private static boolean validState(String text) {
    int members = 1;
    boolean named = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
      named |= c == '=';
      members += c == ',' ? 1 : 0;
    }
    return named && text.length() <= STATE_CHARS_MAX && members <= STATE_MEMBERS_MAX;
  }

  /** Whether there is a trace. */
  public boolean exists() {
    return !traceId.isEmpty();
  }

  /** Whether the spans of this trace are to be recorded. */
  public boolean sampled() {
    return (Character.digit(flags.charAt(1), 16) & 1) == 1;
  }

  /** Creates a span of ours in this trace, or the first span of a new trace. */
  public Trace span() {
    var random = ThreadLocalRandom.current();
    String id = digits(random);
    return exists()
        ? new Trace(traceId, id, spanId, flags, true, state)
        : new Trace(digits(random) + digits(random), id, "", "01", true, "");
  }

  /** Returns the trace for a target: under a span of its own where spans are recorded. */
  public Trace child() {
    return recorded ? span() : this;
  }

  private static String digits(ThreadLocalRandom random) {
    return HexFormat.of().toHexDigits(random.nextLong(1, Long.MAX_VALUE));
  }

  /** Returns the header field of that name; only where there is a trace. */
  public String traceparent() {
    return "00-" + traceId + '-' + spanId + '-' + flags;
  }
}
