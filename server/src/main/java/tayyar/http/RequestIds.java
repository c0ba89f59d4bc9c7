package tayyar.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes request ids: {@code req_} and 24 letters and digits. The first nine are the time in
 * milliseconds, so that ids sort by time and the ledger's index grows only at its end; the other
 * fifteen are random.
 */
final class RequestIds {
  /** In ascending order of characters, so that ids sort as their numbers do. */
  private static final byte[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".getBytes(US_ASCII);

  private static final byte[] PREFIX = "req_".getBytes(US_ASCII);
  private static final int TIME_CHARS = 9;
  private static final int CHARS = 24;

  private RequestIds() {}

  static String next(long nowMs) {
    var random = ThreadLocalRandom.current();
    var id = new byte[PREFIX.length + CHARS];
    System.arraycopy(PREFIX, 0, id, 0, PREFIX.length);
    put(id, PREFIX.length, TIME_CHARS, nowMs);
    put(id, PREFIX.length + TIME_CHARS, 8, random.nextLong());
    put(id, PREFIX.length + TIME_CHARS + 8, 7, random.nextLong());
    return new String(id, ISO_8859_1);
  }

  private static void put(byte[] id, int from, int count, long bits) {
    for (int i = count - 1; i >= 0; i--) {
      id[from + i] = ALPHABET[(int) (bits >>> (5 * (count - 1 - i))) & 31];
    }
  }
}
