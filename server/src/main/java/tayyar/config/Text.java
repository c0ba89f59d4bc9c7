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
      Pattern.compile("([0-9]{1,13}) ?(|B|KB|MB|GB|KiB|MiB|GiB)", Pattern.CASE_INSENSITIVE);

  private static final long MEMORY_MOST = 1L << 42;

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
    long bytes = size(SIZE, name, text, "65536, 64KiB or 20MiB");
    range(name, bytes, 0, 1_024 * 1_024 * 1_024);
    return (int) bytes;
  }

  /** Bytes of memory, which may be many. */
  static long memory(String name, String text) {
    long bytes = size(LARGE, name, text, "0, 512MiB or 4GiB");
    range(name, bytes, 0, MEMORY_MOST);
    return bytes;
  }

  private static long size(Pattern pattern, String name, String text, String examples) {
    Matcher parts = pattern.matcher(text);
    if (!parts.matches()) {
      throw new ConfigException(
          "'" + name + "' is '" + text + "'; write a size such as " + examples);
    }
    long unit =
        switch (parts.group(2).toLowerCase(Locale.ROOT)) {
          case "kb", "kib" -> 1L << 10;
          case "mb", "mib" -> 1L << 20;
          case "gb", "gib" -> 1L << 30;
          default -> 1;
        };
    return Math.min(Long.parseLong(parts.group(1)), Long.MAX_VALUE / unit) * unit;
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
