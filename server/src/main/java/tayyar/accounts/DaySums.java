package tayyar.accounts;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves rows of the ledger into the sums of their days. A row belongs to the day on which it was
 * written down, in its organisation's zone, as {@link UsageStore} has it.
 */
final class DaySums {
  /** Rows of one transaction: some milliseconds, in which no other writer gets its turn. */
  static final int TOGETHER = 400;

  /** Of a row whose project is not there; {@code reconcile} tells of it, before and behind. */
  private static final String NO_ZONE = "UTC";

  private DaySums() {}

  /** A row that is there, and the day that it belongs to. */
  private record Dated(String id, LocalDate day) {}

  /**
   * Adds rows to their days and deletes them, all or none.
   *
   * @param ids at most {@link #TOGETHER}; those that are not there do not matter
   * @param running those of the ids that stand in a journal and have to stay: a start after a kill
   *     writes each row that is not there
   * @return how many there were
   */
  static int fold(Sql sql, List<String> ids, Set<String> running) {
    List<String> meant = ids.stream().filter(id -> !running.contains(id)).toList();
    return meant.isEmpty() ? 0 : sql.together(on -> fold(on, meant));
  }

  private static int fold(Connection on, List<String> ids) throws SQLException {
    List<Dated> rows = dated(on, ids);
    if (rows.isEmpty()) {
      return 0;
    }
    List<@Nullable Object> values = new ArrayList<>();
    rows.forEach(row -> Collections.addAll(values, row.id(), row.day().toString()));
    Sql.write(on, sums(rows.size()), values.toArray());
    Object[] gone = rows.stream().map(Dated::id).toArray();
    String delete = "DELETE FROM requests WHERE request_id IN (" + list("?", rows.size()) + ")";
    int deleted = Sql.write(on, delete, gone);
    if (deleted != rows.size()) {
      throw new SQLException(deleted + " rows are gone, not " + rows.size());
    }
    return deleted;
  }

  private static List<Dated> dated(Connection on, List<String> ids) throws SQLException {
    return Sql.list(
        on,
        """
        SELECT request_id, recorded_us, coalesce(zone, '%s') AS zone
        FROM requests LEFT JOIN keys ON keys.id = key_id
          LEFT JOIN projects
            ON projects.id = coalesce(requests.project_id, keys.project_id, 'proj_default')
          LEFT JOIN organisations ON organisations.id = organisation_id
        WHERE request_id IN (%s)"""
            .formatted(NO_ZONE, list("?", ids.size())),
        row ->
            new Dated(
                row.getString("request_id"),
                day(row.getLong("recorded_us"), AccountStore.zone(row.getString("zone")))),
        ids.toArray());
  }

  private static LocalDate day(long micros, ZoneId zone) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(Math.floorDiv(micros, 1000L)), zone);
  }

  private static String list(String each, int times) {
    return String.join(", ", Collections.nCopies(times, each));
  }

  private static String sums(int rows) {
    return """
      WITH moved (id, day) AS (VALUES %s)
      INSERT INTO days (
        day, project_id, key_id, model, price_id, outcome, requests, answered, estimated,
        estimated_tokens, prompt_tokens, cached_tokens, paid_cached_tokens, completion_tokens,
        amount, cache_write_tokens)
      SELECT day, coalesce(requests.project_id, keys.project_id, 'proj_default'),
        coalesce(key_id, ''), coalesce(prices.model, requests.model, ''), coalesce(price_id, 0),
        outcome, count(*), sum(CASE WHEN prompt_tokens + completion_tokens > 0 THEN 1 ELSE 0 END), sum(estimated),
        sum(CASE estimated WHEN 1 THEN prompt_tokens + completion_tokens ELSE 0 END), sum(prompt_tokens),
        sum(cached_tokens), sum(CASE WHEN cached_tokens < prompt_tokens THEN cached_tokens ELSE prompt_tokens END), sum(completion_tokens),
        coalesce(sum(amount), 0), sum(cache_write_tokens)
      FROM moved JOIN requests ON request_id = moved.id
        LEFT JOIN keys ON keys.id = key_id
        LEFT JOIN prices ON prices.id = price_id
      WHERE true
      GROUP BY 1, 2, 3, 4, 5, 6
      ON CONFLICT (day, project_id, key_id, model, price_id, outcome) DO UPDATE SET
        requests = days.requests + excluded.requests, answered = days.answered + excluded.answered,
        estimated = days.estimated + excluded.estimated,
        estimated_tokens = days.estimated_tokens + excluded.estimated_tokens,
        prompt_tokens = days.prompt_tokens + excluded.prompt_tokens,
        cached_tokens = days.cached_tokens + excluded.cached_tokens,
        paid_cached_tokens = days.paid_cached_tokens + excluded.paid_cached_tokens,
        completion_tokens = days.completion_tokens + excluded.completion_tokens,
        cache_write_tokens = days.cache_write_tokens + excluded.cache_write_tokens,
        amount = days.amount + excluded.amount"""
        .formatted(list("(?, ?)", rows));
  }
}
