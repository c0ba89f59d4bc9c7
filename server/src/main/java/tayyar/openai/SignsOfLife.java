package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;

/** Events by which servers show that they are there: without data, or with one of a few words. */
final class SignsOfLife {
  private static final int BYTES_MAX = 32;
  private static final Set<String> WORDS =
      Set.of(
          "",
          "null",
          "[]",
          "\"\"",
          "ping",
          "\"ping\"",
          "PING",
          "keep-alive",
          "keepalive",
          "heartbeat");

  private SignsOfLife() {}

  /** Whether an event's data is one. */
  static boolean is(byte[] bytes, int from, int to) {
    int first = from;
    while (first < to && bytes[first] >= 0 && bytes[first] <= ' ') {
      first++;
    }
    return to - first <= BYTES_MAX
        && WORDS.contains(new String(bytes, first, to - first, UTF_8).strip());
  }
}
