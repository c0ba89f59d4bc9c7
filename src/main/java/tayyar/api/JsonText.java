package tayyar.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Escapes text into the inside of a JSON string, as UTF-8, and back. Going in, a lone surrogate,
 * which UTF-8 cannot carry, becomes a question mark.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259#section-7">RFC 8259, section 7</a>
 */
public final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private JsonText() {}

  /** The text escaped, without quotes around it. */
  public static byte[] escape(String text) {
    return escape(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same of text that is UTF-8 already; may return its argument. */
  public static byte[] escape(byte[] utf8) {
    int extra = 0;
    for (byte b : utf8) {
      extra += extraBytes(b);
    }
    if (extra == 0) {
      return utf8;
    }
    byte[] out = new byte[utf8.length + extra];
    int at = 0;
    for (byte b : utf8) {
      at = put(out, at, b);
    }
    return Arrays.copyOf(out, at);
  }

  private static int extraBytes(byte b) {
    return switch (b) {
      case '"', '\\', '\n', '\r', '\t', '\b', '\f' -> 1;
      default -> b >= 0 && b < 0x20 ? 5 : 0;
    };
  }

  private static int put(byte[] out, int at, byte b) {
    int extra = extraBytes(b);
    if (extra == 0) {
      out[at] = b;
      return at + 1;
    }
    out[at] = '\\';
    if (extra == 1) {
      out[at + 1] = shortEscape(b);
      return at + 2;
    }
    out[at + 1] = 'u';
    out[at + 2] = '0';
    out[at + 3] = '0';
    out[at + 4] = HEX[b >> 4];
    out[at + 5] = HEX[b & 15];
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
   * The text of the inside of a JSON string, which must be a valid one. The escape of a lone
   * surrogate stays one.
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

  private static char unescaped(char kind) {
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
