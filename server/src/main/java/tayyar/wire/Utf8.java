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
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The highest bit of each of eight bytes. */
  private static final long HIGH = 0x8080_8080_8080_8080L;

  private Utf8() {}

  /** Whether all of it is. */
  public static boolean isWellFormed(byte[] b) {
    int i = behindShort(b, 0);
    while (i < b.length) {
      int length = length(b, i, b.length);
      if (length == 0) {
        return false;
      }
      i += length;
      // Where one of three bytes or four stands, more follow mostly.
      if (length > 2 && i < b.length && (b[i] & 0xE0) != 0xE0) {
        i = behindShort(b, i);
      }
    }
    return true;
  }

  /**
   * Goes over characters of one byte and of two, as Latin and Arabic ones are, eight bytes at once.
   *
   * @return where something else stands, or less than eight bytes are left
   */
  private static int behindShort(byte[] b, int from) {
    int i = from;
    long begun = 0;
    while (b.length - i >= Long.BYTES) {
      long x = eight(b, i);
      if (((x & HIGH) | begun) == 0) {
        i = behindAscii(b, i + Long.BYTES);
        continue;
      }
      long first = x & x << 1 & HIGH;
      long second = x & ~(x << 1) & HIGH;
      // A first byte of two is C2 to DF: its third bit is 0, and not all of the next four are.
      long wrong = x << 2 | ~(x << 3 | x << 4 | x << 5 | x << 6);
      if ((first & wrong) != 0 || second != (first << 8 | begun)) {
        break;
      }
      begun = first >>> 56;
      i += Long.BYTES;
    }
    return begun == 0 ? i : i - 1;
  }

  private static int behindAscii(byte[] b, int from) {
    int i = from;
    while (b.length - i >= 4 * Long.BYTES
        && ((eight(b, i) | eight(b, i + 8) | eight(b, i + 16) | eight(b, i + 24)) & HIGH) == 0) {
      i += 4 * Long.BYTES;
    }
    return i;
  }

  private static long eight(byte[] b, int at) {
    return (long) EIGHT.get(b, at);
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
