package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import tayyar.grammar.Json;

/**
 * A string that stands in an answer as it is, up to a mark; it becomes the inside of a JSON string.
 * A line break that a model writes around each value is no part of it.
 */
final class RawText {
  private final MarkSearch end;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private boolean breakBefore;

  RawText(String before, String after) {
    end = new MarkSearch(after.strip(), "\n", after.startsWith("\n") ? 1 : 0);
    breakBefore = before.endsWith("\n");
  }

  /** Takes a byte; returns whether the mark has ended the text. */
  boolean take(byte b, ByteArrayOutputStream json) {
    boolean skipped = breakBefore && b == '\n';
    breakBefore = false;
    if (skipped) {
      return false;
    }
    boolean over = end.take(b, text);
    for (byte each : text.toByteArray()) {
      if (each >= 0) {
        json.writeBytes(Json.escape((char) each).getBytes(UTF_8));
      } else {
        json.write(each);
      }
    }
    text.reset();
    return over;
  }
}
