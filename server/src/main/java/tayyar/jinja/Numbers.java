package tayyar.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers as Python reads and writes them. */
final class Numbers {
  private static final Pattern FLOAT =
      Pattern.compile("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?", Pattern.CASE_INSENSITIVE);

  /** Most digits of a whole number, as in Python. */
  private static final int DIGITS_MAX = 4_300;

  private Numbers() {}

  /** A whole number of a template. */
  static Long integer(Token token) {
    Long value = whole(token.text(), 0);
    if (value == null) {
      throw new Fault("the number " + token.text() + " is too large", token.line());
    }
    return value;
  }

  /**
   * Reads a text as {@code int} does; null if it is no whole number.
   *
   * @param base 2 to 36, or 0 to go by the number's own prefix
   * @throws Fault if it needs more than 64 bits
   */
  static @Nullable Long whole(String text, int base) {
    String s = text.length() > DIGITS_MAX ? "" : strip(text);
    boolean minus = s.startsWith("-");
    String digits = minus || s.startsWith("+") ? s.substring(1) : s;
    int radix = base;
    int prefix = digits.length() > 1 && digits.charAt(0) == '0' ? prefix(digits.charAt(1)) : 0;
    if (prefix > 0 && (base == 0 || base == prefix)) {
      radix = prefix;
      digits = digits.substring(digits.length() > 2 && digits.charAt(2) == '_' ? 3 : 2);
    } else if (base == 0) {
      if (digits.matches("0[0-9_]*[1-9_][0-9_]*") && !digits.matches("0(_?0)*")) {
        return null;
      }
      radix = 10;
    }
    if (!digits.matches("[0-9A-Za-z](_?[0-9A-Za-z])*")) {
      return null;
    }
    try {
      BigInteger value = new BigInteger(digits.replace("_", ""), radix);
      return (minus ? value.negate() : value).longValueExact();
    } catch (NumberFormatException e) {
      return null;
    } catch (ArithmeticException e) {
      throw new Fault("a number is too large");
    }
  }

  private static int prefix(char letter) {
    return switch (letter) {
      case 'b', 'B' -> 2;
      case 'o', 'O' -> 8;
      case 'x', 'X' -> 16;
      default -> 0;
    };
  }

  /** Reads a text as {@code float} does; null if it is no number. */
  static @Nullable Double fraction(String text) {
    String s = strip(text);
    if (s.matches("(?i)[+-]?(inf|infinity)")) {
      return s.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (s.matches("(?i)[+-]?nan")) {
      return Double.NaN;
    }
    String digits = s.replaceAll("(?<=\\d)_(?=\\d)", "");
    return FLOAT.matcher(digits).matches() ? Double.valueOf(digits) : null;
  }

  private static String strip(String text) {
    return TextMethods.strip(Text.of(text), null, true, true).chars();
  }

  /** Writes a fraction as {@code repr} does, with the fewest digits that identify it. */
  static String shown(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal exact = shortest(value);
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = exact.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    return scientific(exact, exponent);
  }

  /**
   * The fewest digits. Java never writes a single digit, which is enough for some of the smallest
   * numbers.
   */
  private static BigDecimal shortest(double value) {
    BigDecimal two = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    BigDecimal one = two.round(new MathContext(1, RoundingMode.HALF_EVEN));
    return one.doubleValue() == value ? one.stripTrailingZeros() : two;
  }

  private static String scientific(BigDecimal exact, int exponent) {
    String digits = exact.unscaledValue().abs().toString();
    String rest = digits.length() > 1 ? "." + digits.substring(1) : "";
    String sign = exact.signum() < 0 ? "-" : "";
    return sign
        + digits.charAt(0)
        + rest
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }
}
