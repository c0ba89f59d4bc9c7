package tayyar.jinja;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Python's format specification, which formats one value.
 *
 * @see <a href="https://docs.python.org/3/library/string.html#formatspec">Format Specification
 *     Mini-Language</a>
 * @param fill the character that fills the width up
 * @param align one of {@code <>=^}, or blank for the usual one
 * @param sign one of {@code +-} and space
 * @param other whether the alternate form is wanted
 * @param width least characters
 * @param grouping the sign between thousands, or empty
 * @param precision digits; less than 0 where none is given
 * @param type the letter, or blank
 */
record FormatSpec(
    String fill,
    char align,
    char sign,
    boolean other,
    int width,
    String grouping,
    int precision,
    char type) {
  private static final int WIDTH_MAX = 1_000_000;
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?z?(?<other>#)?(?<zero>0)?"
              + "(?<width>\\d+)?(?<grouping>[,_])?(?:\\.(?<precision>\\d+))?(?<type>[a-zA-Z%])?",
          Pattern.DOTALL);

  static FormatSpec of(String spec) {
    Matcher form = FORM.matcher(spec);
    if (!form.matches()) {
      throw new Fault("a format can't be read");
    }
    boolean zero = form.group("zero") != null;
    String fill = form.group("fill");
    String align = form.group("align");
    return new FormatSpec(
        fill != null ? fill : zero ? "0" : " ",
        align != null ? align.charAt(0) : zero ? '=' : ' ',
        letter(form.group("sign"), '-'),
        form.group("other") != null,
        number(form.group("width"), 0),
        form.group("grouping") == null ? "" : form.group("grouping"),
        number(form.group("precision"), -1),
        letter(form.group("type"), ' '));
  }

  private static char letter(@Nullable String group, char usual) {
    return group == null ? usual : group.charAt(0);
  }

  static int number(@Nullable String digits, int usual) {
    if (digits == null || digits.isEmpty()) {
      return usual;
    }
    if (digits.length() > 7 || Integer.parseInt(digits) > WIDTH_MAX) {
      throw new Fault("a format is too wide");
    }
    return Integer.parseInt(digits);
  }

  /** Formats a value. */
  Text format(@Nullable Object value) {
    return switch (value) {
      case Text text -> ofText(text);
      case Boolean b -> ofWhole(b ? 1 : 0);
      case Long n -> ofWhole(n);
      case Double d -> ofFraction(d);
      case Undefined undefined -> throw undefined.fault();
      case null -> throw new Fault("none can't be written in a format");
      default -> throw new Fault("a value can't be written in a format");
    };
  }

  private Text ofText(Text text) {
    if ((type != ' ' && type != 's')
        || sign != '-'
        || (align == '=' && !fill.equals("0"))
        || other) {
      throw new Fault("a text can't be written in this format");
    }
    Text cut =
        precision >= 0 && precision < text.count() ? text.sub(0, text.place(precision)) : text;
    return padded(cut.marked(false), align == ' ' || align == '=' ? '<' : align);
  }

  private Text ofWhole(long n) {
    if ("eEfFgG%".indexOf(type) >= 0) {
      return ofFraction((double) n);
    }
    if (precision >= 0) {
      throw new Fault("a whole number has no precision");
    }
    if (type == 'c') {
      return padded(Text.of(character(n)), align == ' ' ? '<' : align);
    }
    String digits = digits(n);
    String prefix = other && "xXob".indexOf(type) >= 0 ? "0" + type : "";
    return number(n < 0, prefix, digits, "");
  }

  /** A whole number with zeros in front up to a number of digits. */
  Text atLeast(int count, long n) {
    String digits = digits(n);
    String prefix = other && "xXo".indexOf(type) >= 0 ? "0" + type : "";
    return number(n < 0, prefix, "0".repeat(Math.max(0, count - digits.length())) + digits, "");
  }

  private String digits(long n) {
    BigInteger absolute = BigInteger.valueOf(n).abs();
    return switch (type) {
      case ' ', 'd', 'n' -> absolute.toString();
      case 'x' -> absolute.toString(16);
      case 'X' -> absolute.toString(16).toUpperCase(Locale.ROOT);
      case 'o' -> absolute.toString(8);
      case 'b' -> absolute.toString(2);
      default -> throw new Fault("a whole number can't be written in this format");
    };
  }

  static String character(long n) {
    if (n < 0 || n > Character.MAX_CODE_POINT) {
      throw new Fault("a number stands for no character");
    }
    return Character.toString((int) n);
  }

  private Text ofFraction(double value) {
    boolean minus = value < 0 || (value == 0 && 1 / value < 0);
    double absolute = Math.abs(value);
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      String name = Double.isNaN(value) ? "nan" : "inf";
      String cased = Character.isUpperCase(type) ? name.toUpperCase(Locale.ROOT) : name;
      return number(minus, "", cased, type == '%' ? "%" : "");
    }
    String all = Fractions.format(absolute, type, precision, other);
    String digits = all.replaceFirst("[^0-9].*$", "");
    return number(minus, "", digits, all.substring(digits.length()));
  }

  private Text number(boolean minus, String prefix, String digits, String rest) {
    String signs = minus ? "-" : sign == '-' ? "" : String.valueOf(sign);
    String head = signs + prefix;
    int room = align == '=' && fill.equals("0") ? width - head.length() - rest.length() : 0;
    Text body = Text.of(grouped(digits, room) + rest);
    if (align == '=') {
      long missing = (long) width - head.length() - body.count();
      return Text.of(head).plus(Padding.padded(body, Text.of(fill), missing, 0));
    }
    return padded(Text.of(head).plus(body), align == ' ' ? '>' : align);
  }

  /** With signs between thousands; filled up with zeros first, which are grouped too. */
  private String grouped(String digits, int room) {
    if (grouping.isEmpty() || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      return digits;
    }
    int size = "xXob".indexOf(type) >= 0 ? 4 : 3;
    var out = new StringBuilder();
    int count = 0;
    for (int i = digits.length() - 1; i >= 0 || out.length() < room; i--) {
      if (count > 0 && count % size == 0) {
        out.append(grouping);
      }
      out.append(i >= 0 ? digits.charAt(i) : '0');
      count++;
    }
    return out.reverse().toString();
  }

  private Text padded(Text text, char where) {
    long room = width - (long) text.count();
    long left =
        switch (where) {
          case '>' -> room;
          case '^' -> room / 2;
          default -> 0;
        };
    return room <= 0 ? text : Padding.padded(text, Text.of(fill), left, room - left);
  }
}
