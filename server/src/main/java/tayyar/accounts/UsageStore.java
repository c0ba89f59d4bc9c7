package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Clip;

/**
 * Sums over the ledger: its rows, and the sums of days that older ones were moved into. A row
 * belongs to the day on which it was written down, in its organisation's zone. Blocks. Thread-safe.
 * All methods throw {@link AccountException} with a sentence.
 */
public final class UsageStore {
  /** The longest time that is summed at once, in days. */
  public static final int DAYS_MAX = 3_660;

  private static final int YEAR_MIN = 1;
  private static final int YEAR_MAX = 9999;

  private final Sql sql;

  /** Usage in this database. */
  public UsageStore(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /** The grouping of sums within one organisation. */
  public enum By {
    /** A calendar day. */
    DAY("used.day", "''"),
    /** A key. */
    KEY("used.key_id", "coalesce(keys.name, '')"),
    /** A project. */
    PROJECT("projects.id", "projects.name"),
    /** The model whose price was paid; without a price the one that was asked for. */
    MODEL("used.model", "''");

    private final String what;
    private final String name;

    By(String what, String name) {
      this.what = what;
      this.name = name;
    }

    /** As people write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One sum.
   *
   * @param what the day, or the id of the key or project, or the model; may be empty
   * @param name the key's or project's, else empty
   * @param promptTokens tokens read, those of the prefix cache included
   * @param cacheWriteTokens those of the tokens read that were written into a cache
   * @param estimatedTokens those of the tokens read and written that an upstream did not tell
   * @param amount billionths of the currency
   */
  public record Sum(
      String organisation,
      String what,
      String name,
      long requests,
      long promptTokens,
      long cachedTokens,
      long cacheWriteTokens,
      long completionTokens,
      long estimatedTokens,
      long amount) {}

  /**
   * The days that are summed, as each zone has them.
   *
   * @param first the first of them
   * @param last the last of them
   */
  public record Days(Function<ZoneId, LocalDate> first, Function<ZoneId, LocalDate> last) {
    List<LocalDate> in(ZoneId zone) {
      LocalDate from = first.apply(zone);
      LocalDate until = last.apply(zone);
      if (until.isBefore(from)) {
        throw new AccountException(
            "The last day, " + until + ", is before the first, " + from + ".");
      }
      if (from.plusDays(DAYS_MAX).isBefore(until)) {
        throw new AccountException("That is more than " + DAYS_MAX + " days.");
      }
      return from.datesUntil(until.plusDays(1)).toList();
    }
  }

  /**
   * Sums by organisation and, within it, by something.
   *
   * @param organisation one organisation's name, or null for all
   */
  public List<Sum> sums(@Nullable String organisation, Days days, By by) {
    List<Sum> all = new ArrayList<>();
    for (String zone :
        sql.list("SELECT DISTINCT zone FROM organisations", row -> row.getString(1))) {
      all.addAll(in(AccountStore.zone(zone), zone, organisation, days, by));
    }
    all.sort(Comparator.comparing(Sum::organisation).thenComparing(Sum::what));
    return List.copyOf(all);
  }

  /**
   * Sums of one organisation alone: days in their order, of the others those with the most requests
   * first.
   *
   * @param id the organisation's
   * @param most how many sums at most
   */
  public List<Sum> own(String id, ZoneId zone, Days days, By by, int most) {
    String only = "organisations.id = ?";
    String order = by == By.DAY ? " ORDER BY what" : " ORDER BY requests DESC, what";
    List<LocalDate> each = days.in(zone);
    List<@Nullable Object> values = bounds(each, zone, by);
    int spans = values.size() / 3;
    Collections.addAll(values, each.getFirst().toString(), each.getLast().toString(), id, most);
    String select = select(spans, by, only) + order + " LIMIT ?";
    return sql.list(select, UsageStore::sum, values.toArray());
  }

  private List<Sum> in(
      ZoneId zone, String stored, @Nullable String organisation, Days days, By by) {
    List<LocalDate> each = days.in(zone);
    List<@Nullable Object> values = bounds(each, zone, by);
    int spans = values.size() / 3;
    Collections.addAll(
        values, each.getFirst().toString(), each.getLast().toString(), stored, organisation);
    return sql.list(select(spans, by, NAMED), UsageStore::sum, values.toArray());
  }

  /** The first day, the beginning and the end of each span that is summed by itself. */
  private static List<@Nullable Object> bounds(List<LocalDate> each, ZoneId zone, By by) {
    List<List<LocalDate>> spans =
        by == By.DAY
            ? each.stream().map(day -> List.of(day, day)).toList()
            : List.of(List.of(each.getFirst(), each.getLast()));
    Stream<Object> bounds =
        spans.stream()
            .flatMap(
                span ->
                    Stream.<Object>of(
                        span.getFirst().toString(),
                        micros(span.getFirst(), zone),
                        micros(span.getLast().plusDays(1), zone)));
    return new ArrayList<>(bounds.toList());
  }

  private static final String NAMED =
      "organisations.zone = ? AND organisations.name = coalesce(?, organisations.name)";

  private static String select(int spans, By by, String only) {
    return """
        WITH spans (day, from_us, until_us) AS (VALUES %s), used AS (
          SELECT day, coalesce(requests.project_id, keys.project_id, 'proj_default') AS project_id,
            coalesce(key_id, '') AS key_id, coalesce(prices.model, requests.model, '') AS model,
            1 AS requests, prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens,
            CASE estimated WHEN 1 THEN prompt_tokens + completion_tokens ELSE 0 END AS estimated_tokens, amount
          FROM spans JOIN requests ON recorded_us >= from_us AND recorded_us < until_us
            LEFT JOIN keys ON keys.id = key_id
            LEFT JOIN prices ON prices.id = price_id
          UNION ALL
          SELECT day, project_id, key_id, model,
            requests, prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens,
            estimated_tokens, amount
          FROM days WHERE day >= ? AND day <= ?)
        SELECT organisations.name AS organisation, %s AS what, %s AS name,
          sum(requests) AS requests, sum(prompt_tokens) AS prompt, sum(cached_tokens) AS cached,
          sum(cache_write_tokens) AS writes, sum(completion_tokens) AS completion,
          sum(estimated_tokens) AS guessed,
          coalesce(sum(amount), 0) AS amount
        FROM used JOIN projects ON projects.id = used.project_id
          JOIN organisations ON organisations.id = organisation_id
          LEFT JOIN keys ON keys.id = used.key_id
        WHERE %s
        GROUP BY 1, 2, 3"""
        .formatted(
            String.join(", ", Collections.nCopies(spans, "(?, ?, ?)")), by.what, by.name, only);
  }

  /** A day such as 2026-12-31, today or yesterday, as a zone has it. */
  public static LocalDate day(String text, ZoneId zone) {
    LocalDate today = LocalDate.now(zone);
    try {
      LocalDate day =
          switch (text) {
            case "today" -> today;
            case "yesterday" -> today.minusDays(1);
            default -> LocalDate.parse(text);
          };
      if (day.getYear() >= YEAR_MIN && day.getYear() <= YEAR_MAX) {
        return day;
      }
    } catch (DateTimeException e) {
      // It is told below, like a day that nobody can mean.
    }
    throw new AccountException(
        "'" + Clip.marked(40, text) + "' is no day; write one as 2026-12-31, today or yesterday.");
  }

  /** The beginning of a day, as the ledger writes times. */
  static long micros(LocalDate day, ZoneId zone) {
    return 1_000_000 * day.atStartOfDay(zone).toEpochSecond();
  }

  private static Sum sum(ResultSet row) throws SQLException {
    return new Sum(
        row.getString("organisation"),
        row.getString("what"),
        row.getString("name"),
        row.getLong("requests"),
        row.getLong("prompt"),
        row.getLong("cached"),
        row.getLong("writes"),
        row.getLong("completion"),
        row.getLong("guessed"),
        row.getLong("amount"));
  }
}
