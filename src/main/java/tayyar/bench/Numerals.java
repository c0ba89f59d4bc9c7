package tayyar.bench;

import java.util.Locale;

/** Figures for people: as many digits as say something. */
final class Numerals {
  private Numerals() {}

  /** A time in milliseconds with its unit. */
  static String time(double millis) {
    if (millis >= 10_000) {
      return format("%.1f s", millis / 1000);
    }
    if (millis >= 1000) {
      return format("%.2f s", millis / 1000);
    }
    if (millis >= 100) {
      return format("%.0f ms", millis);
    }
    if (millis >= 10) {
      return format("%.1f ms", millis);
    }
    return millis >= 1 ? format("%.2f ms", millis) : format("%.0f us", millis * 1000);
  }

  /** A rate or a count. */
  static String number(double number) {
    if (number >= 10_000_000) {
      return format("%.1f M", number / 1e6);
    }
    if (number >= 100 || number == Math.rint(number)) {
      return format("%,.0f", number).replace(',', '\u202f');
    }
    return number >= 10 ? format("%.1f", number) : format("%.2f", number);
  }

  static String share(double share) {
    double percent = share * 100;
    return percent == 0 || percent == 100
        ? format("%.0f %%", percent)
        : percent < 1 ? format("%.2f %%", percent) : format("%.1f %%", percent);
  }

  static String ratio(double ratio) {
    return ratio >= 100
        ? format("%.0f", ratio)
        : ratio >= 10 ? format("%.1f", ratio) : format("%.3f", ratio);
  }

  private static String format(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }
}
