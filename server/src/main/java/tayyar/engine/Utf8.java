package tayyar.engine;

/**
 * Finds the characters in bytes.
 *
 * @see <a href="https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/">The Unicode
 *     Standard, table 3-7: well-formed UTF-8 byte sequences</a>
 */
final class Utf8 {
  /** The bytes end inside a character that may still become whole. */
  static final int CUT = 0;

  /** No character begins with these bytes. */
  static final int WRONG = -1;

  private Utf8() {}

  /** Bytes of the character at a place, or {@link #CUT} or {@link #WRONG}. */
  static int lengthAt(byte[] b, int at) {
    int first = b[at] & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    int length =
        first < 0xC2 ? WRONG : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : WRONG;
    for (int i = 1; i < length; i++) {
      if (at + i == b.length) {
        return CUT;
      }
      int next = b[at + i] & 0xFF;
      int least = i > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
      int most = i > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
      if (next < least || next > most) {
        return WRONG;
      }
    }
    return length;
  }
}
