package tayyar.openai;

import java.util.Arrays;

/**
 * The form that one upstream's chunks of text have, learned from the last that was read whole. Two
 * chunks of a stream differ, most of the time, in nothing but their text: what stands before and
 * behind it is compared then, not read again, and the text is taken as it is. Whatever differs
 * otherwise, or has a text with an escape in it, has to be read. Not safe for use by more than one
 * thread.
 */
final class UsualChunk {
  private static final byte[] EMPTY = {};

  private byte[] before = EMPTY;
  private byte[] behind = EMPTY;
  private int choice;
  private boolean offered;

  /**
   * Takes it for a model, as {@link #learn} does, but for a stream's first: many an answer has no
   * other.
   */
  void offer(byte[] bytes, int from, int to, int textFrom, int textTo, int itsChoice) {
    if (offered) {
      learn(bytes, from, to, textFrom, textTo, itsChoice);
    }
    offered = true;
  }

  /**
   * Takes this chunk for a model: it gave this text to this choice, and nothing else.
   *
   * @param from of the chunk
   * @param to of the chunk
   * @param textFrom behind the opening quote of the text
   * @param textTo before its closing quote
   */
  void learn(byte[] bytes, int from, int to, int textFrom, int textTo, int itsChoice) {
    before = Arrays.copyOfRange(bytes, from, textFrom);
    behind = Arrays.copyOfRange(bytes, textTo, to);
    choice = itsChoice;
  }

  /** Whether a chunk is as the last that was learned, but for its text. */
  boolean is(byte[] bytes, int from, int to) {
    int textFrom = textFrom(from);
    int textTo = textTo(to);
    return before.length > 0
        && textFrom <= textTo
        && Arrays.equals(bytes, textTo, to, behind, 0, behind.length)
        && Arrays.equals(bytes, from, textFrom, before, 0, before.length)
        && isPlain(bytes, textFrom, textTo);
  }

  int textFrom(int from) {
    return from + before.length;
  }

  int textTo(int to) {
    return to - behind.length;
  }

  int choice() {
    return choice;
  }

  /**
   * Whether bytes can stand inside a JSON string without being decoded: well-formed UTF-8 without
   * quotes, escapes and control characters.
   *
   * @see <a href="https://www.unicode.org/versions/latest/core-spec/chapter-3/">Unicode, table
   *     3-7</a>
   */
  static boolean isPlain(byte[] b, int from, int to) {
    int i = from;
    while (i < to) {
      int first = b[i];
      if (first >= 0) {
        if (first < 0x20 || first == '"' || first == '\\') {
          return false;
        }
        i++;
        continue;
      }
      int length = length(first & 0xFF);
      if (length == 0 || i + length > to || !continues(b, i, length)) {
        return false;
      }
      i += length;
    }
    return true;
  }

  private static int length(int first) {
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  }

  private static boolean continues(byte[] b, int at, int length) {
    int second = b[at + 1] & 0xFF;
    boolean good =
        switch (b[at] & 0xFF) {
          case 0xE0 -> second >= 0xA0 && second <= 0xBF;
          case 0xED -> second >= 0x80 && second <= 0x9F;
          case 0xF0 -> second >= 0x90 && second <= 0xBF;
          case 0xF4 -> second >= 0x80 && second <= 0x8F;
          default -> second >= 0x80 && second <= 0xBF;
        };
    for (int i = 2; i < length; i++) {
      good &= (b[at + i] & 0xC0) == 0x80;
    }
    return good;
  }
}
