package tayyar.bench;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Figures for people, with only the digits that matter. */
final class Numerals {
  private Numerals() {}

  /** A percentile of times with its unit, or a dash where there were none. */
  static String time(Run.Latency times, double millis) {
    return times.count() == 0 ? "-" : time(millis);
  }

  /** A time in milliseconds with its unit. */
  static String time(double millis) {
    if (millis >= 10_000) {
      return format("%.1f s", millis / 1000);
    }
    if (millis >= 999.5) {
      return format("%.2f s", millis / 1000);
    }
    if (millis >= 99.95) {
      return format("%.0f ms", millis);
    }
    if (millis >= 9.995) {
      return format("%.1f ms", millis);
    }
    return millis >= 0.9995 ? format("%.2f ms", millis) : format("%.0f us", millis * 1000);
  }

  /** A time at an axis, without needless digits. */
  static String tick(double millis) {
    if (millis == 0) {
      return "0";
    }
    if (millis < 1) {
      return plain(millis * 1000) + " µs";
    }
    return millis < 1000 ? plain(millis) + " ms" : plain(millis / 1000) + " s";
  }

  /** A number at an axis. */
  static String amount(double number) {
    if (number >= 1e6) {
      return plain(number / 1e6) + "M";
    }
    return number >= 10_000 ? plain(number / 1e3) + "k" : plain(number);
  }

  private static String plain(double number) {
    String text = format("%.2f", number);
    return text.replaceAll("\\.?0+$", "");
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

  /** A count. */
  static String count(long number) {
    return number((double) number);
  }

  /** The number of failures and their kinds, the most frequent first. */
  static String failed(Run.Figures figures) {
    String kinds =
        figures.failures().entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map(each -> each.getKey() + " " + count(each.getValue()))
            .collect(Collectors.joining(", ", " (", ")"));
    return count(figures.failed()) + (figures.failed() == 0 ? "" : kinds);
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
