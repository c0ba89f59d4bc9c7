package tayyar.jinja;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values as Python's {@code str} and {@code repr} write them. */
final class Shown {
  private final TextBuilder out = new TextBuilder();

  private Shown() {}

  /** The value as {@code str} writes it, and as an output prints it. */
  static Text text(@Nullable Object value) {
    return switch (value) {
      case Text text -> text.marked(false);
      case Undefined undefined -> Text.EMPTY;
      case null -> Text.of("None");
      default -> repr(value);
    };
  }

  /** The value as {@code repr} writes it. */
  static Text repr(@Nullable Object value) {
    var shown = new Shown();
    shown.write(value);
    return shown.out.build();
  }

  /** The value as {@code ascii} writes it: as {@code repr}, with letters outside ASCII escaped. */
  static Text ascii(@Nullable Object value) {
    Text repr = repr(value);
    var out = new StringBuilder();
    repr.chars().codePoints().forEach(c -> escapeUnless(c < 0x80, c, out));
    return repr.changed(out.toString());
  }

  private void write(@Nullable Object value) {
    switch (value) {
      case null -> out.append("None");
      case Boolean b -> out.append(b ? "True" : "False");
      case Double d -> out.append(Numbers.shown(d));
      case Text text -> string(text);
      case Seq seq -> sequence(seq);
      case Dict dict -> mapping(dict);
      case Undefined undefined -> out.append("Undefined");
      case Members members -> out.append(members.shown());
      case Stream stream -> out.append("<generator object>");
      case Callable callable -> out.append("<function>");
      default -> out.append(value.toString());
    }
  }

  private void sequence(Seq seq) {
    switch (seq.kind()) {
      case LIST -> all("[", seq.all(), "]");
      case TUPLE, GROUP -> all("(", seq.all(), seq.size() == 1 ? ",)" : ")");
      case RANGE -> out.append(seq.range() == null ? "" : seq.range().shown());
      case KEYS -> all("dict_keys([", seq.all(), "])");
      case VALUES -> all("dict_values([", seq.all(), "])");
      case ITEMS -> all("dict_items([", seq.all(), "])");
    }
  }

  private void all(String begin, List<@Nullable Object> items, String end) {
    out.append(begin);
    String comma = "";
    for (Object item : items) {
      out.append(comma);
      write(item);
      comma = ", ";
    }
    out.append(end);
  }

  private void mapping(Dict dict) {
    out.append("{");
    String comma = "";
    for (Dict.Entry entry : dict.entries()) {
      out.append(comma);
      write(entry.key());
      out.append(": ");
      write(entry.value());
      comma = ", ";
    }
    out.append("}");
  }

  private void string(Text text) {
    if (text.markup()) {
      out.append("Markup(");
    }
    String chars = text.chars();
    char quote = chars.contains("'") && !chars.contains("\"") ? '"' : '\'';
    var escaped = new StringBuilder();
    chars.codePoints().forEach(c -> escape(c, quote, escaped));
    out.append(String.valueOf(quote));
    out.append(escaped.toString().equals(chars) ? text : text.changed(escaped.toString()));
    out.append(String.valueOf(quote));
    if (text.markup()) {
      out.append(")");
    }
  }

  private static void escape(int c, char quote, StringBuilder escaped) {
    switch (c) {
      case '\n' -> escaped.append("\\n");
      case '\r' -> escaped.append("\\r");
      case '\t' -> escaped.append("\\t");
      case '\\' -> escaped.append("\\\\");
      default -> {
        if (c == quote) {
          escaped.append('\\').append(quote);
        } else {
          escapeUnless(printable(c), c, escaped);
        }
      }
    }
  }

  private static void escapeUnless(boolean plain, int c, StringBuilder escaped) {
    if (plain) {
      escaped.appendCodePoint(c);
    } else {
      String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
      escaped.append(String.format(Locale.ROOT, form, c));
    }
  }

  static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
