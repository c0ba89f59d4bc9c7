package tayyar.jinja;

import java.util.Collections;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code text % values}.
 *
 * @see <a
 *     href="https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting">printf-style
 *     String Formatting</a>
 */
final class PercentFormat {
  private static final Pattern FORM =
      Pattern.compile(
          "%(?:\\((?<name>[^)]*)\\))?(?<flags>[-#0 +]*)(?<width>\\*|\\d*)"
              + "(?:\\.(?<precision>\\*|\\d*))?[hlL]?(?<type>.)",
          Pattern.DOTALL);

  private final Text form;
  private final @Nullable Object values;
  private final Iterator<@Nullable Object> next;
  private boolean byName;

  private PercentFormat(Text form, @Nullable Object values) {
    this.form = form;
    this.values = values;
    this.next =
        values instanceof Seq seq && seq.isTuple()
            ? seq.all().iterator()
            : Collections.singletonList(values).iterator();
  }

  static Text apply(Text form, @Nullable Object values) {
    return new PercentFormat(form, values).all();
  }

  private Text all() {
    var out = new TextBuilder();
    String chars = form.chars();
    int from = 0;
    for (int at = chars.indexOf('%'); at >= 0; at = chars.indexOf('%', from)) {
      Matcher matcher = FORM.matcher(chars).region(at, chars.length());
      if (!matcher.lookingAt()) {
        throw new Fault("a format ends too early");
      }
      out.append(form.sub(from, at)).append(part(matcher));
      from = matcher.end();
    }
    if (next.hasNext() && !byName && !mayBeLeft()) {
      throw new Fault("a format does not take all values");
    }
    return out.append(form.sub(from)).build().marked(form.markup());
  }

  private boolean mayBeLeft() {
    return values instanceof Dict || (values instanceof Seq seq && !seq.isTuple());
  }

  private Text part(Matcher matcher) {
    String flags = matcher.group("flags");
    int width = number(matcher.group("width"), 0);
    boolean left = flags.contains("-") || width < 0;
    String given = matcher.group("precision");
    int precision = given == null ? -1 : number(given, 0);
    char type = matcher.group("type").charAt(0);
    if (type == '%') {
      return Text.of("%");
    }
    Object value = value(matcher.group("name"));
    return switch (type) {
      case 's' -> text(Shown.text(value), width, left, precision, value);
      case 'r' -> text(Shown.repr(value), width, left, precision, value);
      case 'a' -> text(Shown.ascii(value), width, left, precision, value);
      case 'c' -> text(character(value), width, left, -1, value);
      default -> number(value, flags, Math.abs(width), left, precision, type);
    };
  }

  private @Nullable Object value(@Nullable String name) {
    if (name != null) {
      byName = true;
      if (values instanceof Dict dict) {
        Dict.Entry entry = dict.find(Text.of(name));
        if (entry != null) {
          return entry.value();
        }
      }
      throw new Fault("a format names a value that is not there");
    }
    if (!next.hasNext()) {
      throw new Fault("a format needs more values");
    }
    return next.next();
  }

  private int number(String digits, int usual) {
    return digits.equals("*")
        ? Math.toIntExact(Math.clamp(Values.whole(value(null)), -1_000_000, 1_000_000))
        : FormatSpec.number(digits, usual);
  }

  private Text text(Text text, int width, boolean left, int precision, @Nullable Object value) {
    boolean safe = value instanceof Text given && given.markup();
    Text whole = form.markup() && !safe ? Html.escaped(text) : text;
    Text cut =
        precision >= 0 && precision < whole.count() ? whole.sub(0, whole.place(precision)) : whole;
    long room = Math.abs((long) width) - cut.count();
    return Padding.padded(cut, Text.of(" "), left ? 0 : room, left ? room : 0);
  }

  private static Text character(@Nullable Object value) {
    if (value instanceof Text text && text.count() == 1) {
      return text;
    }
    return Text.of(FormatSpec.character(Values.whole(value)));
  }

  private static Text number(
      @Nullable Object value, String flags, int width, boolean left, int precision, char type) {
    boolean whole = "diuxXo".indexOf(type) >= 0;
    if (!Values.isNumber(value) || (!whole && "eEfFgG".indexOf(type) < 0)) {
      throw value instanceof Undefined undefined
          ? undefined.fault()
          : new Fault("a value can't be written in this format");
    }
    boolean zero = flags.contains("0") && !left;
    char letter = "diu".indexOf(type) >= 0 ? 'd' : type;
    char sign = flags.contains("+") ? '+' : flags.contains(" ") ? ' ' : '-';
    var spec =
        new FormatSpec(
            zero ? "0" : " ",
            zero ? '=' : left ? '<' : '>',
            sign,
            flags.contains("#"),
            width,
            "",
            whole ? -1 : precision,
            letter);
    Object number = whole ? truncated(value, letter) : (Object) Values.number(value);
    return whole && precision > 0 ? spec.atLeast(precision, (Long) number) : spec.format(number);
  }

  private static Long truncated(@Nullable Object value, char letter) {
    if (value instanceof Double d) {
      if (letter != 'd' || Double.isNaN(d) || Double.isInfinite(d)) {
        throw new Fault("a whole number was expected");
      }
      return (long) (double) d;
    }
    return Values.whole(value);
  }
}
