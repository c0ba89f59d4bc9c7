package tayyar.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * A place in JSON that is read forward and needs no decoding: names and passed-over strings of
 * ASCII without escapes, whole numbers, spaces. Each method goes behind what it takes, or says that
 * it can't; the place means nothing any more once a part of something was taken and not the rest.
 * All that it takes is JSON. Not safe for use by more than one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
public final class PlainJson {
  private static final int DIGITS_MAX = 18;
  private static final int DEPTH_MAX = 8;

  private static final byte[] NULL = ascii("null");
  private static final byte[] EMPTY_STRING = ascii("\"\"");
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");

  private byte[] bytes = {};
  private int first;
  private int at;
  private int end;
  private int nameFrom;
  private int nameTo;
  private int textFrom;
  private int textTo;

  /** Goes to the beginning of this JSON. */
  public void begin(byte[] json, int from, int to) {
    bytes = json;
    first = from;
    at = from;
    end = to;
  }

  /** Takes these bytes and nothing before them; not where there are none. */
  public boolean begins(byte[] head) {
    int to = at + head.length;
    if (to == at || to > end || !Arrays.equals(bytes, at, to, head, 0, head.length)) {
      return false;
    }
    at = to;
    return true;
  }

  /** All that was taken since the beginning. */
  public byte[] taken() {
    return taken(0, takenLength());
  }

  /** A part of them, from and to as {@link #takenLength} told. */
  public byte[] taken(int from, int to) {
    return Arrays.copyOfRange(bytes, first + from, first + to);
  }

  /** The number of bytes taken since the beginning. */
  public int takenLength() {
    return at - first;
  }

  /** The next character but spaces; 0 behind the end. */
  public int next() {
    spaces();
    return at < end ? bytes[at] : 0;
  }

  /** Whether nothing but white space follows. */
  public boolean isAtEnd() {
    spaces();
    return at == end;
  }

  /** Takes this character, spaces before it included. */
  public boolean take(char ascii) {
    spaces();
    if (at < end && bytes[at] == ascii) {
      at++;
      return true;
    }
    return false;
  }

  /** Takes these bytes, spaces before them included. */
  public boolean take(byte[] word) {
    spaces();
    int to = at + word.length;
    if (to <= end && bytes[at] == word[0] && Arrays.equals(bytes, at, to, word, 0, word.length)) {
      at = to;
      return true;
    }
    return false;
  }

  /** Takes {@code null}. */
  public boolean takeNull() {
    return take(NULL);
  }

  private static boolean isSpace(byte b) {
    return b <= ' ' && (b == ' ' || b == '\n' || b == '\r' || b == '\t');
  }

  private void spaces() {
    while (at < end && isSpace(bytes[at])) {
      at++;
    }
  }

  /** Takes a member's name and the colon; {@link #named} compares it until the next one. */
  public boolean name() {
    if (!take('"')) {
      return false;
    }
    nameFrom = at;
    boolean taken = restOfString();
    nameTo = at - 1;
    return taken && take(':');
  }

  /** Whether the member has this name. */
  public boolean named(byte[] name) {
    return nameTo - nameFrom == name.length
        && bytes[nameFrom] == name[0]
        && Arrays.equals(bytes, nameFrom, nameTo, name, 0, name.length);
  }

  /** Takes a string of any text without an escape. */
  public boolean text() {
    if (!take('"')) {
      return false;
    }
    textFrom = at;
    while (at < end && bytes[at] != '"') {
      at++;
    }
    textTo = at;
    return at++ < end && Utf8.isPlain(bytes, textFrom, textTo);
  }

  /** Takes a string of any text; of escapes only those of two characters. */
  public boolean escapedText() {
    if (!take('"')) {
      return false;
    }
    textFrom = at;
    int i = at;
    while (i < end && bytes[i] != '"') {
      int length = bytes[i] == '\\' ? escape(i) : Utf8.length(bytes, i, end);
      if (length == 0 || (bytes[i] >= 0 && bytes[i] < ' ')) {
        return false;
      }
      i += length;
    }
    textTo = i;
    at = i + 1;
    return i < end;
  }

  private int escape(int i) {
    return i + 1 < end && "\"\\/bfnrt".indexOf(bytes[i + 1]) >= 0 ? 2 : 0;
  }

  /** Where the text stands that was taken last. */
  public int textFrom() {
    return textFrom;
  }

  /** Behind the text that was taken last. */
  public int textTo() {
    return textTo;
  }

  private boolean restOfString() {
    byte[] in = bytes;
    int to = end;
    int i = at;
    while (i < to && in[i] >= ' ' && in[i] != '"' && in[i] != '\\') {
      i++;
    }
    at = i + 1;
    return i < to && in[i] == '"';
  }

  /** Takes a whole number from 0 on; -1 where none stands here, or one too large for an int. */
  public int integer() {
    long number = digits();
    return number <= Integer.MAX_VALUE ? (int) number : -1;
  }

  private long digits() {
    spaces();
    int from = at;
    long number = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - from < DIGITS_MAX) {
      number = number * 10 + bytes[at++] - '0';
    }
    boolean plain = at > from && (bytes[from] != '0' || at == from + 1);
    return plain ? number : -1;
  }

  /** Takes a string, a whole number, true, false or null. */
  public boolean scalar() {
    if (take('"')) {
      return restOfString();
    }
    return take(NULL) || take(TRUE) || take(FALSE) || digits() >= 0;
  }

  /**
   * Takes a scalar, an empty array, or an object of such, nested at most {@value #DEPTH_MAX} deep.
   */
  public boolean value() {
    return value(DEPTH_MAX);
  }

  private boolean value(int depth) {
    if (take('[')) {
      return take(']');
    }
    return next() == '{' ? depth > 0 && object(depth - 1) : scalar();
  }

  private boolean object(int depth) {
    if (!take('{') || take('}')) {
      return true;
    }
    do {
      if (!name() || !value(depth)) {
        return false;
      }
    } while (take(','));
    return take('}');
  }

  /**
   * Takes an object.
   *
   * @param member takes the value of a member whose name was taken, or says that it can't
   */
  public boolean object(BooleanSupplier member) {
    if (!take('{')) {
      return false;
    }
    if (take('}')) {
      return true;
    }
    do {
      if (!name() || !member.getAsBoolean()) {
        return false;
      }
    } while (take(','));
    return take('}');
  }

  /** Takes an array of values, each as {@link #value} takes it. */
  public boolean values() {
    if (!take('[')) {
      return false;
    }
    if (take(']')) {
      return true;
    }
    do {
      if (!value()) {
        return false;
      }
    } while (take(','));
    return take(']');
  }

  /** Takes a value that says nothing: null, or an empty array, object or string. */
  public boolean nothing() {
    if (take('[')) {
      return take(']');
    }
    return take('{') ? take('}') : take(NULL) || take(EMPTY_STRING);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
