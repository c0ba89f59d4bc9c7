package tayyar.jinja;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Dates as {@code strftime} writes them in the C locale. */
final class Dates {
  private Dates() {}

  static String format(String pattern, ZonedDateTime time) {
    var out = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c != '%' || i + 1 == pattern.length()) {
        out.append(c);
        continue;
      }
      char next = pattern.charAt(++i);
      boolean bare = next == '-' && i + 1 < pattern.length();
      String part = part(bare ? pattern.charAt(++i) : next, time);
      out.append(bare ? part.replaceFirst("^[0 ]+(?=.)", "") : part);
    }
    return out.toString();
  }

  private static String part(char letter, ZonedDateTime time) {
    return switch (letter) {
      case 'Y' -> Integer.toString(time.getYear());
      case 'y' -> two(time.getYear() % 100);
      case 'C' -> two(time.getYear() / 100);
      case 'm' -> two(time.getMonthValue());
      case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'd' -> two(time.getDayOfMonth());
      case 'e' -> padded("%2d", time.getDayOfMonth());
      case 'j' -> padded("%03d", time.getDayOfYear());
      case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
      case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
      case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
      case 'g' -> two(time.get(IsoFields.WEEK_BASED_YEAR) % 100);
      case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'U' -> two((time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7);
      case 'W' -> two((time.getDayOfYear() + 7 - time.getDayOfWeek().getValue()) / 7);
      default -> timePart(letter, time);
    };
  }

  private static String timePart(char letter, ZonedDateTime time) {
    return switch (letter) {
      case 'H' -> two(time.getHour());
      case 'k' -> padded("%2d", time.getHour());
      case 'I' -> two(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
      case 'l' -> padded("%2d", time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
      case 'p' -> time.getHour() < 12 ? "AM" : "PM";
      case 'P' -> time.getHour() < 12 ? "am" : "pm";
      case 'M' -> two(time.getMinute());
      case 'S' -> two(time.getSecond());
      case 'f' -> padded("%06d", time.getNano() / 1000);
      case 's' -> Long.toString(time.toEpochSecond());
      case 'D', 'x' -> format("%m/%d/%y", time);
      case 'F' -> format("%Y-%m-%d", time);
      case 'T', 'X' -> format("%H:%M:%S", time);
      case 'R' -> format("%H:%M", time);
      case 'r' -> format("%I:%M:%S %p", time);
      case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
      // Python's now() knows no zone.
      case 'z', 'Z' -> "";
      case 'n' -> "\n";
      case 't' -> "\t";
      case '%' -> "%";
      default -> "%" + letter;
    };
  }

  private static String two(int number) {
    return padded("%02d", number);
  }

  private static String padded(String form, int number) {
    return String.format(Locale.ROOT, form, number);
  }
}
