package tayyar.http;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Names for requests: {@code req_} and 24 letters and digits. The first nine are the time in
 * milliseconds, so that names come in the order of their requests and the ledger's index of them
 * grows at its end alone; the other fifteen are chance.
 */
final class RequestIds {
  /** In the order of the characters, so that the order of numbers is that of names. */
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

  private static final int TIME_CHARS = 9;
  private static final int CHARS = 24;

  private RequestIds() {}

  static String next(long nowMs) {
    var random = ThreadLocalRandom.current();
    var id = new char[4 + CHARS];
    "req_".getChars(0, 4, id, 0);
    put(id, 4, TIME_CHARS, nowMs);
    put(id, 4 + TIME_CHARS, 8, random.nextLong());
    put(id, 4 + TIME_CHARS + 8, 7, random.nextLong());
    return new String(id);
  }

  private static void put(char[] id, int from, int count, long bits) {
    for (int i = count - 1; i >= 0; i--) {
      id[from + i] = ALPHABET.charAt((int) (bits >>> (5 * (count - 1 - i))) & 31);
    }
  }
}
