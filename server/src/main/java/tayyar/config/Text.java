package tayyar.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values as people write them. Each refusal is a sentence without its full stop. */
final class Text {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)|0");
  private static final Pattern SIZE =
      Pattern.compile("([0-9]{1,10}) ?(|B|KB|MB|KiB|MiB)", Pattern.CASE_INSENSITIVE);

  private static final Pattern LARGE =
      Pattern.compile(
          "0|([0-9]{1,13}(?:\\.[0-9]{1,3})?) ?(KB|MB|GB|KiB|MiB|GiB)", Pattern.CASE_INSENSITIVE);

  private static final double MEMORY_MOST = 1L << 42;

  private Text() {}

  static void range(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ConfigException(
          "'%s' is %d; it must be %d to %d".formatted(name, value, least, most));
    }
  }

  /** A path, relative or not. */
  static Path path(String name, String text, String example) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      boolean whole = name.startsWith("-") || name.equals(name.toUpperCase(Locale.ROOT));
      throw new ConfigException(
          "'" + name + "' is no path; write one such as " + example + (whole ? "." : ""));
    }
  }

  static Duration time(String name, String text) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      throw new ConfigException(
          "'" + name + "' is '" + text + "'; write a time such as 500ms, 30s, 5m or 1h");
    }
    if (parts.group(1) == null) {
      return Duration.ZERO;
    }
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  static int bytes(String name, String text) {
    Matcher parts = parts(SIZE, name, text, "65536, 64KiB or 20MiB");
    long unit =
        switch (parts.group(2).toLowerCase(Locale.ROOT)) {
          case "kb", "kib" -> 1_024;
          case "mb", "mib" -> 1_024 * 1_024;
          default -> 1;
        };
    long bytes = Long.parseLong(parts.group(1)) * unit;
    range(name, bytes, 0, 1_024 * 1_024 * 1_024);
    return (int) bytes;
  }

  /** Bytes of memory, which may be many; a number alone is taken for a mistake, unless it is 0. */
  static long memory(String name, String text) {
    Matcher parts = parts(LARGE, name, text, "0, 512MiB or 4GB");
    if (parts.group(1) == null) {
      return 0;
    }
    double unit =
        switch (parts.group(2).toLowerCase(Locale.ROOT)) {
          case "gib" -> 1L << 30;
          case "gb" -> 1e9;
          case "mib" -> 1L << 20;
          case "mb" -> 1e6;
          case "kib" -> 1L << 10;
          default -> 1e3;
        };
    double bytes = Double.parseDouble(parts.group(1)) * unit;
    if (bytes > MEMORY_MOST) {
      throw new ConfigException("'%s' is '%s'; it must be 0 to 4096GiB".formatted(name, text));
    }
    return (long) bytes;
  }

  private static Matcher parts(Pattern pattern, String name, String text, String examples) {
    Matcher parts = pattern.matcher(text);
    if (!parts.matches()) {
      throw new ConfigException(
          "'" + name + "' is '" + text + "'; write a size such as " + examples);
    }
    return parts;
  }

  static int number(String name, String text) {
    if (!text.matches("-?[0-9]{1,9}")) {
      throw new ConfigException("'" + name + "' is '" + text + "'; write a whole number");
    }
    return Integer.parseInt(text);
  }

  static double decimal(String name, String text) {
    if (!text.matches("-?[0-9]{1,9}(\\.[0-9]{1,12})?")) {
      throw new ConfigException("'" + name + "' is '" + text + "'; write a number such as 0.7");
    }
    return Double.parseDouble(text);
  }

  static boolean yesOrNo(String name, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new ConfigException("'" + name + "' is '" + text + "'; write true or false");
    };
  }
}
