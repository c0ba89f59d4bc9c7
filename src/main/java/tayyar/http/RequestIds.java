package tayyar.http;

import java.util.concurrent.ThreadLocalRandom;

/** Names for requests: {@code req_} and 24 letters and digits. */
final class RequestIds {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

  private RequestIds() {}

  static String next() {
    var random = ThreadLocalRandom.current();
    var id = new char[28];
    "req_".getChars(0, 4, id, 0);
    long bits = 0;
    for (int i = 4; i < id.length; i++) {
      if ((i - 4) % 12 == 0) {
        bits = random.nextLong();
      }
      id[i] = ALPHABET.charAt((int) bits & 31);
      bits >>>= 5;
    }
    return new String(id);
  }
}
