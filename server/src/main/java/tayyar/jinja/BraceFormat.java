package tayyar.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code text.format(...)}.
 *
 * @see <a href="https://docs.python.org/3/library/string.html#format-string-syntax">Format String
 *     Syntax</a>
 */
final class BraceFormat {
  private final Text form;
  private final Arguments given;

  /** The next field without a number; -1 once fields have numbers. */
  private int next;

  BraceFormat(Text form, Arguments given) {
    this.form = form;
    this.given = given;
  }

  static Text map(Text form, @Nullable Object mapping) {
    if (!(mapping instanceof Dict dict)) {
      throw new Fault("a format wants a mapping");
    }
    Map<Text, @Nullable Object> named = new LinkedHashMap<>();
    dict.entries().forEach(e -> named.put(Shown.text(e.key()), e.value()));
    return new BraceFormat(form, new Arguments(List.of(), named)).apply();
  }

  Text apply() {
    return fields(form, 2).marked(form.markup());
  }

  private Text fields(Text text, int depth) {
    var out = new TextBuilder();
    String chars = text.chars();
    int from = 0;
    for (int i = 0; i < chars.length(); i++) {
      char c = chars.charAt(i);
      if (c != '{' && c != '}') {
        continue;
      }
      out.append(text.sub(from, i));
      if (i + 1 < chars.length() && chars.charAt(i + 1) == c) {
        out.append(text.sub(i, ++i));
      } else if (c == '}') {
        throw new Fault("a format has a bracket that was never opened");
      } else {
        int end = end(chars, i + 1);
        out.append(field(text.sub(i + 1, end), depth));
        i = end;
      }
      from = i + 1;
    }
    return out.append(text.sub(from)).build();
  }

  private static int end(String chars, int from) {
    int open = 1;
    boolean inside = false;
    for (int i = from; i < chars.length(); i++) {
      char c = chars.charAt(i);
      inside = c == '[' || (inside && c != ']');
      open += inside ? 0 : c == '{' ? 1 : c == '}' ? -1 : 0;
      if (open == 0) {
        return i;
      }
    }
    throw new Fault("a format has a bracket that is never closed");
  }

  private Text field(Text field, int depth) {
    if (depth == 0) {
      throw new Fault("a format has fields inside of fields inside of fields");
    }
    String chars = field.chars();
    int colon = colon(chars);
    String name = chars.substring(0, colon);
    int mark = name.indexOf('!');
    Object value = value(mark < 0 ? name : name.substring(0, mark));
    if (mark >= 0) {
      value = converted(name.substring(mark + 1), value);
    }
    Text spec = colon < chars.length() ? field.sub(colon + 1) : Text.EMPTY;
    Text written = written(value, fields(spec, depth - 1));
    boolean safe = value instanceof Text text && text.markup();
    return form.markup() && !safe ? Html.escaped(written) : written;
  }

  private static int colon(String chars) {
    boolean inside = false;
    for (int i = 0; i < chars.length(); i++) {
      char c = chars.charAt(i);
      inside = c == '[' || (inside && c != ']');
      if (c == ':' && !inside) {
        return i;
      }
    }
    return chars.length();
  }

  private static Object converted(String letter, @Nullable Object value) {
    return switch (letter) {
      case "s" -> Shown.text(value);
      case "r" -> Shown.repr(value);
      case "a" -> Shown.ascii(value);
      default -> throw new Fault("a format has a conversion that is not known");
    };
  }

  private static Text written(@Nullable Object value, Text spec) {
    if (spec.isEmpty()) {
      return Shown.text(value);
    }
    return FormatSpec.of(spec.chars()).format(value).with(spec.saidAny());
  }

  private @Nullable Object value(String path) {
    int rest = 0;
    while (rest < path.length() && path.charAt(rest) != '.' && path.charAt(rest) != '[') {
      rest++;
    }
    Object value = first(path.substring(0, rest));
    while (rest < path.length()) {
      boolean item = path.charAt(rest) == '[';
      int end = item ? path.indexOf(']', rest) : rest + 1;
      while (!item && end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
        end++;
      }
      if (end < 0) {
        throw new Fault("a format has a bracket that is never closed");
      }
      String name = path.substring(rest + 1, end);
      value =
          item
              ? Subscripts.item(value, index(name))
              : Subscripts.member(value, Text.of(name, form.saidAny()));
      rest = item ? end + 1 : end;
    }
    return value;
  }

  private Object index(String name) {
    return name.matches("\\d{1,9}") ? (Object) Long.valueOf(name) : Text.of(name, form.saidAny());
  }

  private @Nullable Object first(String name) {
    if (name.isEmpty() || name.matches("\\d{1,9}")) {
      if (name.isEmpty() ? next < 0 : next > 0) {
        throw new Fault("a format has fields with numbers and without");
      }
      int index = name.isEmpty() ? next++ : Integer.parseInt(name);
      next = name.isEmpty() ? next : -1;
      if (index >= given.plain().size()) {
        throw new Fault("a format needs more values");
      }
      return given.plain().get(index);
    }
    if (!given.named().containsKey(Text.of(name))) {
      throw new Fault("a format names a value that is not there");
    }
    return given.named().get(Text.of(name));
  }
}
