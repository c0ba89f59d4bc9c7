package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.Billing.Unleased;

/**
 * What an organisation may know of itself: each statement is held to one organisation or one of its
 * keys. Blocks. Thread-safe. All methods throw {@link AccountException} with a sentence.
 */
public final class CustomerStore {
  private final Sql sql;

  /** What customers may know of this database. */
  public CustomerStore(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * What came onto a balance, billionths of the currency.
   *
   * @param corrected may be below zero
   */
  public record Came(long toppedUp, long granted, long corrected) {
    /** Returns all of it. */
    public long all() {
      return toppedUp + granted + corrected;
    }
  }

  /** What came onto an organisation's balance. */
  public Came came(String organisationId) {
    return sql.list(
            """
            SELECT coalesce(sum(CASE kind WHEN 'top_up' THEN amount ELSE 0 END), 0) AS topped_up,
              coalesce(sum(CASE kind WHEN 'grant' THEN amount ELSE 0 END), 0) AS granted,
              coalesce(sum(CASE kind WHEN 'correction' THEN amount ELSE 0 END), 0) AS corrected
            FROM movements WHERE organisation_id = ?""",
            row ->
                new Came(
                    row.getLong("topped_up"), row.getLong("granted"), row.getLong("corrected")),
            organisationId)
        .getFirst();
  }

  /** What came onto a balance, and what of it is neither used nor leased by a gateway. */
  public Unleased unleased(String organisationId, String gateway) {
    Unleased its =
        sql.first(
            """
            SELECT granted, granted - coalesce(
                (SELECT amount FROM used WHERE organisation_id = its.id), 0)
              - coalesce((SELECT amount FROM leases
                WHERE organisation_id = its.id AND gateway_id = ?), 0) AS rest
            FROM (SELECT organisations.id, (SELECT coalesce(sum(amount), 0)
                FROM movements WHERE organisation_id = organisations.id) AS granted
              FROM organisations WHERE organisations.id = ?) AS its""",
            row -> new Unleased(row.getLong("granted"), row.getLong("rest")),
            gateway,
            organisationId);
    return its == null ? new Unleased(0, 0) : its;
  }

  /** What the rows of a key cost, billionths of the currency; the week begins on Monday. */
  public record Spent(long ever, long day, long week, long month) {}

  /** What a key's rows cost in all, and in the day, week and month of a moment. */
  public Spent spent(String keyId, ZoneId zone, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, zone);
    long day = UsageStore.micros(today, zone);
    LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
    long week = UsageStore.micros(monday, zone);
    long month = UsageStore.micros(today.withDayOfMonth(1), zone);
    Spent spent =
        sql.first(
            """
            SELECT used, coalesce(sum(CASE WHEN recorded_us >= ? THEN amount END), 0) AS day,
              coalesce(sum(CASE WHEN recorded_us >= ? THEN amount END), 0) AS week,
              coalesce(sum(CASE WHEN recorded_us >= ? THEN amount END), 0) AS month
            FROM keys LEFT JOIN requests
              ON key_id = keys.id AND recorded_us >= ? AND amount > 0
            WHERE keys.id = ? GROUP BY keys.id""",
            row ->
                new Spent(
                    row.getLong("used"),
                    row.getLong("day"),
                    row.getLong("week"),
                    row.getLong("month")),
            day,
            week,
            month,
            Math.min(week, month),
            keyId);
    return spent == null ? new Spent(0, 0, 0, 0) : spent;
  }

  /**
   * One request that is over.
   *
   * @param model whose price was paid; without a price the one that was asked for, or null
   * @param firstTokenMicros from its head to the first content, or null where none came alone
   * @param amount billionths of the currency, or null where it had no price
   */
  public record Generation(
      String id,
      Instant started,
      @Nullable String keyId,
      @Nullable String model,
      @Nullable String target,
      boolean streamed,
      String outcome,
      @Nullable String errorCode,
      int status,
      int promptTokens,
      int cachedTokens,
      int completionTokens,
      boolean estimated,
      @Nullable Long firstTokenMicros,
      long durationMicros,
      @Nullable Long amount) {}

  /** The organisation's request of this id; null where it has none, whoever else has. */
  public @Nullable Generation generation(String organisationId, String requestId) {
    return sql.first(
        """
        SELECT requests.*, coalesce(prices.model, requests.model) AS paid_model
        FROM requests LEFT JOIN keys ON keys.id = key_id
          JOIN projects ON projects.id = coalesce(requests.project_id, keys.project_id)
          LEFT JOIN prices ON prices.id = price_id
        WHERE request_id = ? AND organisation_id = ?""",
        CustomerStore::generation,
        requestId,
        organisationId);
  }

  private static Generation generation(ResultSet row) throws SQLException {
    return new Generation(
        row.getString("request_id"),
        Instant.ofEpochMilli(row.getLong("started_ms")),
        row.getString("key_id"),
        row.getString("paid_model"),
        row.getString("target"),
        row.getInt("streamed") == 1,
        row.getString("outcome"),
        row.getString("error_code"),
        row.getInt("status"),
        row.getInt("prompt_tokens"),
        row.getInt("cached_tokens"),
        row.getInt("completion_tokens"),
        row.getInt("estimated") == 1,
        Sql.number(row, "first_token_us"),
        row.getLong("duration_us"),
        Sql.number(row, "amount"));
  }
}
