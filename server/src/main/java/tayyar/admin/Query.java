package tayyar.admin;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountException;
import tayyar.accounts.UsageStore;
import tayyar.api.Clip;

/** A query's parameters, read one by one. What is wrong or known to nobody is refused with 400. */
final class Query {
  /** The most rows of a page. */
  static final int LIMIT_MAX = 1_000;

  private static final int LIMIT = 100;
  private static final int YEAR_MIN = 1970;
  private static final int YEAR_MAX = 9999;

  private final Map<String, String> given;
  private final Set<String> known = new LinkedHashSet<>();

  Query(Map<String, String> given) {
    this.given = given;
  }

  /** A parameter, or null where it is absent or empty. */
  @Nullable String text(String name) {
    known.add(name);
    String text = given.getOrDefault(name, "");
    return text.isEmpty() ? null : text;
  }

  /** One of some words, or null. */
  @Nullable String oneOf(String name, Iterable<String> words) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    for (String word : words) {
      if (word.equals(text)) {
        return word;
      }
    }
    throw Input.wrong(name, "must be one of " + String.join(", ", words) + ".");
  }

  /** The rows of a page, 1 to {@link #LIMIT_MAX}. */
  int limit() {
    String text = text("limit");
    if (text == null) {
      return LIMIT;
    }
    if (!text.matches("[0-9]{1,4}") || text.matches("0+") || Integer.parseInt(text) > LIMIT_MAX) {
      throw Input.wrong("limit", "must be from 1 to " + LIMIT_MAX + ".");
    }
    return Integer.parseInt(text);
  }

  /** The cursor, which is a text. */
  @Nullable String after() {
    return text("after");
  }

  /** The cursor, where it is a number. */
  @Nullable Long afterNumber() {
    String text = after();
    if (text == null) {
      return null;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw badCursor();
    }
    return Long.parseLong(text);
  }

  static RuntimeException badCursor() {
    return Input.wrong("after", "is no cursor; take the 'next' of a page.");
  }

  /** A day, as each zone has it, or null. */
  @Nullable Function<ZoneId, LocalDate> day(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    Function<ZoneId, LocalDate> day =
        zone -> {
          try {
            return UsageStore.day(text, zone);
          } catch (AccountException e) {
            throw Input.wrong(name, "is wrong: " + e.getMessage());
          }
        };
    var _ = day.apply(ZoneId.of("UTC"));
    return day;
  }

  /** A moment, or null. */
  @Nullable Instant moment(String name) {
    return moment(name, text(name));
  }

  /** A moment as RFC 3339 writes it; null of null. */
  static @Nullable Instant moment(String name, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      OffsetDateTime moment = OffsetDateTime.parse(text);
      if (moment.getYear() > YEAR_MIN && moment.getYear() < YEAR_MAX) {
        return moment.toInstant();
      }
    } catch (DateTimeException e) {
      // It is told below, like a moment that nobody can mean.
    }
    throw Input.wrong(
        name, "is wrong: '" + Clip.marked(40, text) + "' is no time; write 2026-12-31T18:00:00Z.");
  }

  /** Refuses parameters that nobody has read. */
  void done() {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw Input.wrong(
            name,
            known.isEmpty()
                ? "is unknown here; nothing is."
                : "is unknown here; known are " + String.join(", ", known) + ".");
      }
    }
  }
}
