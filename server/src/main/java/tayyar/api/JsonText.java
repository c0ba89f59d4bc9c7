package tayyar.api;

import java.nio.charset.StandardCharsets;

/**
 * Escapes text into the inside of a JSON string, as UTF-8, and back. U+0085, U+2028 and U+2029 are
 * escaped as well: some readers of lines take them for line ends. Going in, a lone surrogate, which
 * UTF-8 cannot carry, becomes a question mark.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259#section-7">RFC 8259, section 7</a>
 */
public final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** The first bytes of U+0085, and of U+2028 and U+2029. */
  private static final byte NEXT_LINE = (byte) 0xC2;

  private static final byte LINES = (byte) 0xE2;

  private JsonText() {}

  /** Escapes the text, without quotes around it. */
  public static byte[] escape(String text) {
    return escape(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Escapes text that is UTF-8 already; may return its argument. */
  public static byte[] escape(byte[] utf8) {
    int extra = 0;
    for (int i = 0; i < utf8.length; i++) {
      extra += extraBytes(utf8, i);
    }
    if (extra == 0) {
      return utf8;
    }
    byte[] out = new byte[utf8.length + extra];
    int at = 0;
    for (int i = 0; i < utf8.length; i++) {
      int more = extraBytes(utf8, i);
      if (more == 0) {
        out[at++] = utf8[i];
      } else if (more == 1) {
        out[at++] = '\\';
        out[at++] = shortEscape(utf8[i]);
      } else {
        int character = character(utf8[i]);
        if (utf8[i] == LINES) {
          character |= utf8[i + 2] & 1;
        }
        at = hexadecimal(out, at, character);
        i += 5 - more;
      }
    }
    return out;
  }

  /** Returns by how many bytes the escape is longer than the character that begins here. */
  private static int extraBytes(byte[] utf8, int at) {
    byte b = utf8[at];
    return switch (b) {
      case '"', '\\', '\n', '\r', '\t', '\b', '\f' -> 1;
      case NEXT_LINE -> utf8[at + 1] == (byte) 0x85 ? 4 : 0;
      case LINES -> utf8[at + 1] == (byte) 0x80 && (utf8[at + 2] & 0xFE) == 0xA8 ? 3 : 0;
      default -> b >= 0 && b < 0x20 ? 5 : 0;
    };
  }

  private static int character(byte first) {
    return switch (first) {
      case NEXT_LINE -> 0x85;
      case LINES -> 0x2028;
      default -> first;
    };
  }

  private static int hexadecimal(byte[] out, int at, int character) {
    out[at] = '\\';
    out[at + 1] = 'u';
    for (int i = 0; i < 4; i++) {
      out[at + 2 + i] = HEX[character >> (12 - 4 * i) & 15];
    }
    return at + 6;
  }

  private static byte shortEscape(byte b) {
    return (byte)
        switch (b) {
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          case '\b' -> 'b';
          case '\f' -> 'f';
          default -> b;
        };
  }

  /**
   * Unescapes the inside of a valid JSON string. The escape of a lone surrogate becomes the lone
   * surrogate.
   *
   * @param from its first byte
   * @param to behind its last byte
   */
  public static String unescape(byte[] json, int from, int to) {
    String escaped = new String(json, from, to - from, StandardCharsets.UTF_8);
    int next = escaped.indexOf('\\');
    if (next < 0) {
      return escaped;
    }
    var text = new StringBuilder(escaped.length());
    int at = 0;
    for (; next >= 0; next = escaped.indexOf('\\', at)) {
      text.append(escaped, at, next);
      char kind = escaped.charAt(next + 1);
      if (kind == 'u') {
        text.append((char) Integer.parseInt(escaped, next + 2, next + 6, 16));
        at = next + 6;
      } else {
        text.append(unescaped(kind));
        at = next + 2;
      }
    }
    return text.append(escaped, at, escaped.length()).toString();
  }

  /**
   * Returns the length as UTF-8 of the inside of a valid JSON string, once it is unescaped; the
   * escape of a surrogate counts two bytes, so that a pair of them has its four.
   *
   * @param from its first byte
   * @param to behind its last byte
   */
  public static int utf8Bytes(byte[] json, int from, int to) {
    int bytes = to - from;
    int at = from;
    while (at < to) {
      if (json[at] != '\\') {
        at++;
      } else if (json[at + 1] == 'u') {
        bytes -= 6 - utf8Bytes(codeUnit(json, at + 2));
        at += 6;
      } else {
        bytes--;
        at += 2;
      }
    }
    return bytes;
  }

  private static char codeUnit(byte[] json, int at) {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      unit = unit << 4 | Character.digit(json[at + i], 16);
    }
    return (char) unit;
  }

  /** Returns the length of a text as UTF-8; a surrogate counts two bytes. */
  public static int utf8Bytes(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      bytes += utf8Bytes(text.charAt(i));
    }
    return bytes;
  }

  private static int utf8Bytes(char unit) {
    return unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
  }

  /** Returns what an escape of two characters means, by its second one. */
  public static char unescaped(char kind) {
    return switch (kind) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> kind;
    };
  }
}
