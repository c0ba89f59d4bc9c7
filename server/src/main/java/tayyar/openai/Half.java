package tayyar.openai;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import tayyar.api.JsonText;

/**
 * A text whose pieces are cut within characters, as servers do that write token by token: the half
 * that stands at a piece's end waits for the next one. A half that stays alone becomes U+FFFD,
 * once. Bytes that are no UTF-8 come as {@link LooseJson#repaired} writes them. Not safe for use by
 * more than one thread.
 */
final class Half {
  private static final char NONE = '\uFFFD';

  /** Bytes 0x80 to 0xFF that stand alone, as lone low surrogates. */
  private static final int BYTES = 0xDC00;

  private String waiting = "";

  /** Whether a text has something that is no whole character. */
  static boolean isIn(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!isPair(text, i)) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private static boolean isPair(String text, int at) {
    return at + 1 < text.length()
        && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
  }

  /** The whole characters of the next piece, as the inside of a JSON string. */
  byte[] next(String piece) {
    String text = waiting + piece;
    waiting = "";
    var whole = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      char c = text.charAt(at);
      if (isPair(text, at)) {
        whole.append(text, at, at + 2);
        at += 2;
      } else if (isByte(c)) {
        at = bytes(text, at, whole);
      } else if (Character.isHighSurrogate(c) && at + 1 == text.length()) {
        waiting = text.substring(at);
        at++;
      } else {
        whole.append(Character.isSurrogate(c) ? NONE : c);
        at++;
      }
    }
    return JsonText.escape(whole.toString());
  }

  private static boolean isByte(char c) {
    return c >= BYTES + 0x80 && c <= BYTES + 0xFF;
  }

  /** Decodes a run of bytes; goes behind it. */
  private int bytes(String text, int from, StringBuilder whole) {
    int to = from;
    while (to < text.length() && isByte(text.charAt(to))) {
      to++;
    }
    byte[] run = new byte[to - from];
    for (int i = 0; i < run.length; i++) {
      run[i] = (byte) (text.charAt(from + i) - BYTES);
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .replaceWith(String.valueOf(NONE));
    ByteBuffer in = ByteBuffer.wrap(run);
    CharBuffer out = CharBuffer.allocate(run.length + 1);
    CoderResult result = decoder.decode(in, out, to < text.length());
    whole.append(out.flip());
    if (result.isUnderflow() && in.hasRemaining()) {
      waiting = text.substring(to - in.remaining(), to);
    }
    return to;
  }

  /** Returns the rest when nothing more comes: nothing, or one U+FFFD. */
  byte[] rest() {
    boolean alone = !waiting.isEmpty();
    waiting = "";
    return JsonText.escape(alone ? String.valueOf(NONE) : "");
  }
}
