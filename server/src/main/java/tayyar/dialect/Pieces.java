package tayyar.dialect;

/** Where long texts are cut, so that each event is short. */
public final class Pieces {
  /** Largest piece of text in one event, so that the event stays below a TLS record's 16 KB. */
  public static final int BYTES_MAX = 12 * 1024;

  private Pieces() {}

  /**
   * Where a text can be cut: the last place at or before a bound that is neither inside a character
   * nor inside an escape, nor between the two escapes of one character.
   *
   * @return behind the last byte of the piece; more than {@code from}
   */
  public static int cut(byte[] json, int from, int to, int bytesMax) {
    if (to - from <= bytesMax) {
      return to;
    }
    int at = from;
    for (int next = at; next <= from + bytesMax && next < to; next = at + unit(json, at, to)) {
      at = next;
    }
    return at > from ? at : Math.min(to, from + unit(json, from, to));
  }

  private static int unit(byte[] json, int at, int to) {
    int b = json[at];
    if (b == '\\') {
      if (at + 1 >= to || json[at + 1] != 'u') {
        return 2;
      }
      return isHighSurrogate(json, at, to) ? 12 : 6;
    }
    return b >= 0 ? 1 : b < (byte) 0xE0 ? 2 : b < (byte) 0xF0 ? 3 : 4;
  }

  private static boolean isHighSurrogate(byte[] json, int at, int to) {
    return at + 11 < to
        && (json[at + 2] | 0x20) == 'd'
        && "89abAB".indexOf(json[at + 3]) >= 0
        && json[at + 6] == '\\'
        && json[at + 7] == 'u';
  }
}
