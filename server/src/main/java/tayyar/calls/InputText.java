package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import tayyar.api.JsonText;

/**
 * The text for a custom tool, read out of the arguments that stand for it: {@code {"input":
 * "..."}}. Not safe for use by more than one thread.
 */
public final class InputText {
  static final String PARAMETER = "input";

  /** What a model is told of a custom tool's arguments. */
  static final Map<String, Object> SCHEMA =
      Map.of(
          "type",
          "object",
          "properties",
          Map.of(PARAMETER, Map.of("type", "string")),
          "required",
          List.of(PARAMETER),
          "additionalProperties",
          false);

  /** The name has two quotes, so the text begins behind the third. */
  private static final int QUOTES_BEFORE = 3;

  private static final int HEX_DIGITS = 4;

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private int quotes;
  private boolean escaped;
  private int hexLeft;
  private char unit;

  /** The first half of a character that was written as two escapes; 0 where none waits. */
  private char high;

  /** Returns the arguments that stand for a text. */
  public static Map<String, Object> arguments(String text) {
    return Map.of(PARAMETER, text);
  }

  /** Takes the next bytes of the arguments; returns what they add to the text, as UTF-8. */
  public byte[] add(byte[] json) {
    text.reset();
    for (byte b : json) {
      if (quotes < QUOTES_BEFORE) {
        quotes += b == '"' ? 1 : 0;
      } else if (quotes == QUOTES_BEFORE) {
        take(b);
      }
    }
    return text.toByteArray();
  }

  private void take(byte b) {
    if (hexLeft > 0) {
      unit = (char) ((unit << HEX_DIGITS) | Character.digit(b, 16));
      hexLeft--;
      if (hexLeft == 0) {
        unit(unit);
      }
    } else if (escaped) {
      escaped = false;
      if (b == 'u') {
        hexLeft = HEX_DIGITS;
        unit = 0;
      } else {
        plain((byte) JsonText.unescaped((char) b));
      }
    } else if (b == '\\') {
      escaped = true;
    } else if (b == '"') {
      half();
      quotes++;
    } else {
      plain(b);
    }
  }

  private void plain(byte b) {
    half();
    text.write(b);
  }

  private void unit(char one) {
    if (high != 0 && Character.isLowSurrogate(one)) {
      text.writeBytes(Character.toString(Character.toCodePoint(high, one)).getBytes(UTF_8));
      high = 0;
      return;
    }
    half();
    if (Character.isHighSurrogate(one)) {
      high = one;
    } else if (Character.isLowSurrogate(one)) {
      text.writeBytes("\uFFFD".getBytes(UTF_8));
    } else {
      text.writeBytes(String.valueOf(one).getBytes(UTF_8));
    }
  }

  /** A first half without a second one is no character. */
  private void half() {
    if (high != 0) {
      text.writeBytes("\uFFFD".getBytes(UTF_8));
      high = 0;
    }
  }
}
