package tayyar.openai;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import tayyar.wire.Ascii;

/**
 * The log-probabilities of a completion's text: four lists beside each other, made of what a source
 * gives by token (see {@link tayyar.api.Part.Logprobs}).
 */
final class TextLogprobs {
  private static final List<String> COLUMNS =
      List.of(
          "{\"tokens\":[", "],\"token_logprobs\":[", "],\"top_logprobs\":[", "],\"text_offset\":[");

  private TextLogprobs() {}

  /** Writes the object. The tokens may have commas between them. */
  static void write(ByteBuf out, byte[] entries) {
    List<int[]> lines = lines(entries);
    for (int column = 0; column < COLUMNS.size(); column++) {
      Ascii.write(out, COLUMNS.get(column));
      for (int at = column; at < lines.size(); at += COLUMNS.size()) {
        if (at > column) {
          out.writeByte(',');
        }
        int[] line = lines.get(at);
        out.writeBytes(entries, line[0], line[1] - line[0]);
      }
    }
    Ascii.write(out, "]}");
  }

  private static List<int[]> lines(byte[] entries) {
    List<int[]> lines = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < entries.length; at++) {
      if (entries[at] == '\n') {
        lines.add(new int[] {from, at});
        boolean comma = at + 1 < entries.length && entries[at + 1] == ',';
        from = at + (comma ? 2 : 1);
      }
    }
    return lines;
  }
}
