package tayyar.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tayyar.api.Csv;
import tayyar.api.Money;

/**
 * What rows of one kind are made of: a table for people, JSON and CSV for programs. Money is
 * rounded for people alone.
 */
final class Sheet<T> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssXXX");

  private final List<Column<T>> columns = new ArrayList<>();

  private record Column<T>(String name, boolean forPeople, Function<T, @Nullable Object> value) {}

  /** An amount of money, billionths of the currency; people see all of its digits or four. */
  private record Amount(long nanos, boolean exact) {}

  /** Adds a column; its values are texts, numbers, truths, times, lists of texts, or trees. */
  Sheet<T> with(String name, Function<T, @Nullable Object> value) {
    columns.add(new Column<>(name, true, value));
    return this;
  }

  /** Adds one that tables leave out. */
  Sheet<T> withUnseen(String name, Function<T, @Nullable Object> value) {
    columns.add(new Column<>(name, false, value));
    return this;
  }

  /** Adds amounts, billionths of the currency. */
  Sheet<T> withMoney(String name, Function<T, @Nullable Long> value) {
    return with(name, row -> amount(value.apply(row), false));
  }

  /** Adds amounts of which people see all digits too. */
  Sheet<T> withExact(String name, Function<T, @Nullable Long> value) {
    return with(name, row -> amount(value.apply(row), true));
  }

  private static @Nullable Amount amount(@Nullable Long nanos, boolean exact) {
    return nanos == null ? null : new Amount(nanos, exact);
  }

  Table table(List<T> rows) {
    List<Column<T>> seen = columns.stream().filter(Column::forPeople).toList();
    var table = new Table(seen.stream().map(column -> head(column.name())).toArray(String[]::new));
    for (T row : rows) {
      table.row(
          seen.stream().map(column -> shown(column.value().apply(row))).toArray(String[]::new));
    }
    return table;
  }

  /** All of one row, a line each. */
  Table facts(T row) {
    var table = new Table();
    columns.forEach(column -> table.row(column.name(), shown(column.value().apply(row))));
    return table;
  }

  Map<String, @Nullable Object> exact(T row) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    columns.forEach(column -> all.put(column.name(), given(column.value().apply(row))));
    return all;
  }

  /** The heads and the rows as RFC 4180 has them, but for the ends of lines. */
  List<String> csv(List<T> rows) {
    List<String> lines = new ArrayList<>();
    lines.add(Csv.line(columns.stream().map(Column::name).toList()));
    for (T row : rows) {
      lines.add(Csv.line(columns.stream().map(column -> cell(column.value().apply(row))).toList()));
    }
    return lines;
  }

  private static String head(String name) {
    return name.replace('_', ' ').toUpperCase(Locale.ROOT);
  }

  private static @Nullable Object given(@Nullable Object value) {
    return switch (value) {
      case Amount amount -> Money.exact(amount.nanos);
      case Instant time -> time.toString();
      case ZonedDateTime time -> time.toOffsetDateTime().toString();
      case null, default -> value;
    };
  }

  private static String cell(@Nullable Object value) {
    return value == null ? "" : String.valueOf(given(value));
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "-";
      case Amount amount -> amount.exact ? Money.exact(amount.nanos) : Money.shown(amount.nanos);
      case Instant time -> TIME.format(time.atZone(ZoneOffset.UTC));
      case ZonedDateTime time -> TIME.format(time);
      case Boolean is -> is ? "yes" : "no";
      case Collection<?> all -> String.join(",", all.stream().map(String::valueOf).toList());
      default -> oneLine(String.valueOf(value));
    };
  }

  private static String oneLine(String text) {
    return text.isEmpty() ? "-" : Console.shown(text.replace('\n', ' ').replace('\t', ' '));
  }
}
