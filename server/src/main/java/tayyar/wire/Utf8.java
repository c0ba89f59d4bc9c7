package tayyar.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Well-formed UTF-8.
 *
 * @see <a href="https://www.unicode.org/versions/latest/core-spec/chapter-3/">Unicode, table
 *     3-7</a>
 */
public final class Utf8 {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

  private Utf8() {}

  /** Whether all of it is. */
  public static boolean isWellFormed(byte[] b) {
    int i = 0;
    while (i < b.length) {
      if (b.length - i >= Long.BYTES && ((long) EIGHT.get(b, i) & NOT_ASCII) == 0) {
        i += Long.BYTES;
        continue;
      }
      int length = length(b, i, b.length);
      if (length == 0) {
        return false;
      }
      i += length;
    }
    return true;
  }

  /**
   * Whether bytes can stand inside a JSON string without being decoded: well-formed, without
   * quotes, escapes and control characters.
   */
  public static boolean isPlain(byte[] b, int from, int to) {
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
      int length = length(b, i, to);
      if (length == 0) {
        return false;
      }
      i += length;
    }
    return true;
  }

  /** Returns the length in bytes of the character at this place; 0 where none begins. */
  public static int length(byte[] b, int at, int to) {
    int first = b[at] & 0xFF;
    int length =
        first < 0x80
            ? 1
            : first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return at + length <= to && (length < 2 || continues(b, at, length)) ? length : 0;
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
