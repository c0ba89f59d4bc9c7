package tayyar.jinja;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as Python's {@code json.dumps} does, for the filter {@code tojson} of chat
 * templates, which escapes no HTML.
 */
final class Json {
  private final TextBuilder out = new TextBuilder();
  private final boolean ascii;
  private final @Nullable String indent;
  private final Text comma;
  private final Text colon;
  private final boolean sorted;

  private Json(Arguments.Bound given) {
    ascii = given.truth(0, false);
    indent = given.hasSome(1) ? indent(given.get(1)) : null;
    if (given.hasSome(2)) {
      List<@Nullable Object> both = Values.items(given.get(2));
      comma = Shown.text(both.getFirst());
      colon = Shown.text(both.getLast());
    } else {
      comma = Text.of(indent == null ? ", " : ",");
      colon = Text.of(": ");
    }
    sorted = given.truth(3, false);
  }

  static Text json(@Nullable Object value, Arguments given) {
    var json = new Json(given.to("ensure_ascii", "indent", "separators", "sort_keys"));
    json.write(value, 0);
    return json.out.build();
  }

  private static String indent(@Nullable Object value) {
    return value instanceof Text text
        ? text.chars()
        : " ".repeat(Math.clamp(Values.whole(value), 0, 1000));
  }

  private void write(@Nullable Object value, int level) {
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b.toString());
      case Long n -> out.append(n.toString());
      case Double d -> out.append(fraction(d));
      case Text text -> string(text);
      case Seq seq when seq.isList() || seq.isTuple() -> list(seq.all(), level);
      case Dict dict -> mapping(dict, level);
      case Undefined undefined ->
          throw new Fault("what is not there can't be JSON: " + undefined.why());
      default -> throw new Fault("a value can't be written as JSON");
    }
  }

  private static String fraction(double value) {
    return Double.isNaN(value)
        ? "NaN"
        : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Numbers.shown(value);
  }

  private void list(List<@Nullable Object> all, int level) {
    out.append("[");
    for (int i = 0; i < all.size(); i++) {
      separate(i, level + 1);
      write(all.get(i), level + 1);
    }
    close(all.size(), level);
    out.append("]");
  }

  private void mapping(Dict dict, int level) {
    List<Dict.Entry> entries = dict.entries();
    if (sorted) {
      entries.sort((a, b) -> Comparison.order(a.key(), b.key()));
    }
    out.append("{");
    for (int i = 0; i < entries.size(); i++) {
      separate(i, level + 1);
      key(entries.get(i).key());
      out.append(colon);
      write(entries.get(i).value(), level + 1);
    }
    close(entries.size(), level);
    out.append("}");
  }

  private void key(@Nullable Object key) {
    switch (key) {
      case Text text -> string(text);
      case null -> out.append("\"null\"");
      case Boolean b -> out.append("\"" + b + "\"");
      case Long n -> out.append("\"" + n + "\"");
      case Double d -> out.append("\"" + fraction(d) + "\"");
      default -> throw new Fault("a key can't be written as JSON");
    }
  }

  private void string(Text text) {
    String chars = text.chars();
    out.append("\"");
    int from = 0;
    for (int i = 0; i < chars.length(); i++) {
      String escaped = escaped(chars.charAt(i));
      if (!escaped.isEmpty()) {
        out.append(text.sub(from, i)).append(escaped, text.saidWithin(i, i + 1));
        from = i + 1;
      }
    }
    out.append(text.sub(from)).append("\"");
  }

  private String escaped(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      default ->
          c < ' ' || (ascii && c > '~' && c != '\u007F')
              ? String.format(Locale.ROOT, "\\u%04x", (int) c)
              : "";
    };
  }

  private void separate(int before, int level) {
    if (before > 0) {
      out.append(comma);
    }
    newLine(level);
  }

  private void close(int items, int level) {
    if (items > 0) {
      newLine(level);
    }
  }

  private void newLine(int level) {
    if (indent != null) {
      out.append("\n" + indent.repeat(level));
    }
  }
}
