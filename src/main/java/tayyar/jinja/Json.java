package tayyar.jinja;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.JsonText;

/** Writes values as Python does: as JSON for {@code tojson}, and as {@code str} prints them. */
final class Json {
  private final StringBuilder out = new StringBuilder();
  private final int indent;
  private final boolean json;

  private Json(int indent, boolean json) {
    this.indent = indent;
    this.json = json;
  }

  /**
   * As {@code json.dumps} with {@code ensure_ascii=False}.
   *
   * @param indent spaces a level, or -1 for one line
   */
  static String json(@Nullable Object value, int indent) {
    var writer = new Json(indent, true);
    writer.write(value, 0);
    return writer.out.toString();
  }

  static String python(Object value) {
    var writer = new Json(-1, false);
    writer.write(value, 0);
    return writer.out.toString();
  }

  private void write(@Nullable Object value, int level) {
    switch (value) {
      case null -> out.append(json ? "null" : "None");
      case Boolean b -> out.append(json ? b.toString() : Values.string(b));
      case String text -> string(text);
      case List<?> list -> {
        out.append('[');
        String comma = "";
        for (Object item : list) {
          separate(comma, level + 1);
          write(item, level + 1);
          comma = ",";
        }
        close(comma, level);
        out.append(']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        String comma = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          separate(comma, level + 1);
          string(Values.string(entry.getKey()));
          out.append(": ");
          write(entry.getValue(), level + 1);
          comma = ",";
        }
        close(comma, level);
        out.append('}');
      }
      default -> out.append(value);
    }
  }

  private void string(String text) {
    if (json) {
      String escaped = new String(JsonText.escape(text), StandardCharsets.UTF_8);
      out.append('"').append(escaped).append('"');
    } else {
      char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
      String escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
      out.append(quote).append(quote == '\'' ? escaped.replace("'", "\\'") : escaped).append(quote);
    }
  }

  private void separate(String comma, int level) {
    out.append(comma);
    if (indent >= 0) {
      out.append('\n').repeat(' ', indent * level);
    } else if (!comma.isEmpty()) {
      out.append(' ');
    }
  }

  private void close(String comma, int level) {
    if (indent >= 0 && !comma.isEmpty()) {
      out.append('\n').repeat(' ', indent * level);
    }
  }
}
