package tayyar.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Writes fractions with a given number of digits, as C's {@code printf} and Python do. */
final class Fractions {
  private static final int PRECISION_MAX = 1000;

  private Fractions() {}

  /**
   * A finite number of at least 0.
   *
   * @param type one of {@code eEfFgGn%}, or blank
   * @param precision digits; less than 0 for the usual ones
   * @param other whether the point and zeros at the end are kept
   */
  static String format(double value, char type, int precision, boolean other) {
    if (precision > PRECISION_MAX) {
      throw new Fault("a format has too many digits");
    }
    int digits = precision < 0 ? 6 : precision;
    BigDecimal exact = new BigDecimal(value);
    return switch (type) {
      case 'f', 'F' -> fixed(exact, digits, other);
      case '%' -> fixed(exact.movePointRight(2), digits, other) + "%";
      case 'e' -> scientific(exact, digits, other);
      case 'E' -> scientific(exact, digits, other).toUpperCase(Locale.ROOT);
      case 'g', 'n' -> general(exact, digits, other, false);
      case 'G' -> general(exact, digits, other, false).toUpperCase(Locale.ROOT);
      case ' ' -> precision < 0 ? Numbers.shown(value) : general(exact, digits, other, true);
      default -> throw new Fault("a fraction can't be written in this format");
    };
  }

  private static String fixed(BigDecimal exact, int digits, boolean point) {
    String text = exact.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    return point && digits == 0 ? text + "." : text;
  }

  private static String scientific(BigDecimal exact, int digits, boolean point) {
    BigDecimal rounded = rounded(exact, digits + 1);
    String all = rounded.unscaledValue().toString();
    all = all + "0".repeat(Math.max(0, digits + 1 - all.length()));
    String rest = all.substring(1, digits + 1);
    return all.charAt(0)
        + (rest.isEmpty() && !point ? "" : "." + rest)
        + exponent(exponentOf(rounded));
  }

  private static BigDecimal rounded(BigDecimal exact, int digits) {
    return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  private static int exponentOf(BigDecimal value) {
    return value.signum() == 0 ? 0 : value.precision() - value.scale() - 1;
  }

  private static String exponent(int exponent) {
    int size = Math.abs(exponent);
    return (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
  }

  /**
   * Fixed or scientific, whichever is shorter.
   *
   * @param likeShown whether a whole number keeps ".0"
   */
  private static String general(BigDecimal exact, int digits, boolean other, boolean likeShown) {
    int precision = Math.max(1, digits);
    int exponent = exponentOf(rounded(exact, precision));
    boolean plain = exponent >= -4 && exponent < (likeShown ? precision - 1 : precision);
    if (!plain && !(likeShown && exponent >= -4 && exponent < precision - 1)) {
      String text = scientific(exact, precision - 1, other);
      int e = text.indexOf('e');
      return (other ? text.substring(0, e) : trimmed(text.substring(0, e))) + text.substring(e);
    }
    String text = fixed(exact, Math.max(0, precision - 1 - exponent), other);
    String shown = other ? text : trimmed(text);
    return likeShown && !shown.contains(".") ? shown + ".0" : shown;
  }

  private static String trimmed(String text) {
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }
}
