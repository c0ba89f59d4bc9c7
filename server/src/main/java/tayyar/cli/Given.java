package tayyar.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountException;
import tayyar.accounts.UsageStore;
import tayyar.api.Keep;
import tayyar.api.Money;
import tayyar.api.Names;

/** Reads amounts, names and times that a person has typed. */
final class Given {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,6})([mhd])");

  private Given() {}

  /**
   * Billionths of the currency.
   *
   * @param where the flag or the word of the usage
   */
  static long amount(String where, String text) {
    try {
      return Money.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandException(where + ": " + e.getMessage());
    }
  }

  /** One line of text. */
  static String words(String flag, String text) {
    String flaw = Names.flaw(text, Names.NOTE_CHARS_MAX);
    if (!flaw.isEmpty()) {
      throw new CommandException(flag + " " + flaw);
    }
    return text;
  }

  /** A model's name. */
  static String name(String text) {
    if (text.isBlank()) {
      throw new CommandException("A model's name is not empty.");
    }
    return words("MODEL", text);
  }

  /** Names with commas between. */
  static List<String> models(String text) {
    List<String> names = Stream.of(text.split(",", -1)).map(String::strip).distinct().toList();
    if (names.stream().anyMatch(name -> name.isEmpty() || name.contains("\n"))) {
      throw new CommandException("--models: write names such as llama-8b,qwen.");
    }
    return names;
  }

  /** Refuses what is no name of a key. */
  static void checkName(String name) {
    String flaw = Names.flaw(name, Names.CHARS_MAX);
    if (!flaw.isEmpty()) {
      throw new CommandException("--name " + flaw);
    }
  }

  /** Regions or networks with commas between; the store judges them. */
  static List<String> places(String text) {
    return Stream.of(text.split(",", -1)).map(String::strip).distinct().toList();
  }

  /** A day such as 2026-12-31, today or yesterday, as the zone has it. */
  static LocalDate day(String flag, String text, ZoneId zone) {
    try {
      return UsageStore.day(text, zone);
    } catch (AccountException e) {
      throw new CommandException(flag + ": " + e.getMessage());
    }
  }

  /** A number of days, such as 400d. */
  static Duration days(String flag, @Nullable String text) {
    Duration time = Keep.days(text);
    if (time == null) {
      throw new CommandException(flag + " is '" + text + "'; write days such as 400d.");
    }
    return time;
  }

  /**
   * A moment still to come: a day's beginning, a time of a day, a moment with its offset, or a span
   * from now such as 30d, 12h or 90m.
   */
  static Instant later(String flag, String text, ZoneId zone) {
    Matcher span = SPAN.matcher(text);
    return span.matches() ? Instant.now().plus(length(span)) : moment(flag, text, zone);
  }

  private static Duration length(Matcher span) {
    long count = Long.parseLong(span.group(1));
    return switch (span.group(2)) {
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static Instant moment(String flag, String text, ZoneId zone) {
    try {
      if (text.length() <= "2026-12-31".length()) {
        return LocalDate.parse(text).atStartOfDay(zone).toInstant();
      }
      return text.matches(".*(Z|[+-]\\d\\d:\\d\\d)")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      throw new CommandException(
          flag + ": '" + text + "' is no time; write 30d, 12h, 2026-12-31 or 2026-12-31T18:00.");
    }
  }
}
