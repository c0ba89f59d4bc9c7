package tayyar.jinja;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Template.Callable;
import tayyar.jinja.Template.Fault;
import tayyar.jinja.Template.Raised;

/** The functions that each chat template may call. */
final class Globals {
  private static final int RANGE_MAX = 10_000;

  private Globals() {}

  static void into(Map<String, @Nullable Object> globals) {
    Callable raise =
        (arguments, named) -> {
          throw new Raised(arguments.isEmpty() ? "refused" : Values.string(arguments.getFirst()));
        };
    Callable namespace = (arguments, named) -> new LinkedHashMap<>(named);
    Callable range = (arguments, named) -> range(arguments);
    Callable today = (arguments, named) -> today(arguments);
    globals.put("raise_exception", raise);
    globals.put("namespace", namespace);
    globals.put("dict", namespace);
    globals.put("range", range);
    globals.put("strftime_now", today);
  }

  private static List<Long> range(List<@Nullable Object> arguments) {
    long[] n = arguments.stream().mapToLong(a -> a instanceof Long l ? l : 0).toArray();
    long from = n.length > 1 ? n[0] : 0;
    long to = n.length > 1 ? n[1] : n.length == 1 ? n[0] : 0;
    long step = n.length > 2 ? n[2] : 1;
    if (step == 0 || Math.abs((to - from) / step) > RANGE_MAX) {
      throw new Fault("a range is too long");
    }
    var all = new ArrayList<Long>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      all.add(i);
    }
    return all;
  }

  private static String today(List<@Nullable Object> arguments) {
    String format = arguments.isEmpty() ? "" : Values.string(arguments.getFirst());
    var out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '%' && i + 1 < format.length()) {
        out.append(datePart(format.charAt(++i)));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String datePart(char letter) {
    String pattern =
        switch (letter) {
          case 'd' -> "dd";
          case 'm' -> "MM";
          case 'Y' -> "yyyy";
          case 'y' -> "yy";
          case 'b' -> "MMM";
          case 'B' -> "MMMM";
          case 'A' -> "EEEE";
          case 'a' -> "EEE";
          default -> "";
        };
    return pattern.isEmpty()
        ? "%" + letter
        : LocalDate.now(java.time.ZoneOffset.UTC)
            .format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }
}
