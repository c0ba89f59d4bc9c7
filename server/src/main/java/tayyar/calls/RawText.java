package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import tayyar.grammar.Json;

/**
 * A string that stands in an answer as it is, up to a mark; it becomes the inside of a JSON string.
 * A line break that a model writes around each value is no part of it.
 */
final class RawText {
  private final byte[] mark;
  private final boolean breakBehind;
  private boolean breakBefore;
  private byte[] held = new byte[0];

  RawText(String before, String after) {
    mark = after.strip().getBytes(UTF_8);
    breakBefore = before.endsWith("\n");
    breakBehind = after.startsWith("\n");
  }

  /** Takes a byte; returns whether the mark has ended the text. */
  boolean take(byte b, ByteArrayOutputStream out) {
    boolean skipped = breakBefore && b == '\n';
    breakBefore = false;
    if (skipped) {
      return false;
    }
    held = Arrays.copyOf(held, held.length + 1);
    held[held.length - 1] = b;
    boolean over = endsWith(mark.length, held.length - mark.length);
    int keep = over ? mark.length : longestBeginning();
    int to = held.length - keep;
    if (breakBehind && to > 0 && held[to - 1] == '\n') {
      to--;
    }
    write(to, out);
    held = Arrays.copyOfRange(held, to, held.length);
    return over;
  }

  private int longestBeginning() {
    int length = Math.min(held.length, mark.length - 1);
    while (length > 0 && !endsWith(length, held.length - length)) {
      length--;
    }
    return length;
  }

  /** Whether the held bytes from a place on are the mark's first ones. */
  private boolean endsWith(int length, int from) {
    return from >= 0 && Arrays.equals(held, from, from + length, mark, 0, length);
  }

  private void write(int to, ByteArrayOutputStream out) {
    for (int i = 0; i < to; i++) {
      if (held[i] >= 0) {
        out.writeBytes(Json.escape((char) held[i]).getBytes(UTF_8));
      } else {
        out.write(held[i]);
      }
    }
  }
}
