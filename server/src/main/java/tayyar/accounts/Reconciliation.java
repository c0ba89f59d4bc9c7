package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Usage;

/**
 * Works out anew what the database keeps worked out, and compares: each row's amount from its
 * tokens and its version of the price, and what each organisation and each key has used from its
 * rows and days. Changes nothing. Blocks, for as long as it takes to read all rows; writers go on
 * meanwhile.
 */
public final class Reconciliation {
  /** Differences that are told of at most; the others are counted. */
  public static final int TOLD_MAX = 1_000;

  private final Sql sql;
  private final List<Difference> told = new ArrayList<>();
  private long differences;

  private Reconciliation(Sql sql) {
    this.sql = sql;
  }

  /**
   * One thing that is not as the rows say.
   *
   * @param what {@code request}, {@code day}, {@code organisation} or {@code key}
   * @param id the request's or the key's id, the organisation's name, or a day and its parts
   * @param stored billionths of the currency, or null where nothing is stored
   * @param computed what it should be, or null where that can't be known
   * @param why in words
   */
  public record Difference(
      String what, String id, @Nullable Long stored, @Nullable Long computed, String why) {}

  /**
   * What came out.
   *
   * @param rows that have a price
   * @param days sums of older rows that have a price
   * @param organisations all
   * @param differences how many there are
   * @param told those that are told of
   */
  public record Result(
      long rows, long days, long organisations, long differences, List<Difference> told) {}

  /** Compares all of this database. */
  public static Result of(DataSource dataSource) {
    return new Reconciliation(new Sql(dataSource)).all();
  }

  private Result all() {
    long rows = sql.each(PRICED, this::row);
    long days = sql.each(DaysAtPrices.SQL, row -> DaysAtPrices.check(row, this::differs));
    long organisations = sql.each(USED, this::organisation);
    sql.each(KEYS, this::key);
    return new Result(rows, days, organisations, differences, List.copyOf(told));
  }

  private static final String PRICED =
      """
      SELECT request_id, prompt_tokens, completion_tokens, cached_tokens, cache_write_tokens,
        amount, projects.id AS project, prices.id AS id, prices.model AS model, input, cached_input,
        cache_write, output, request, valid_from_ms
      FROM requests LEFT JOIN prices ON prices.id = price_id
        LEFT JOIN projects ON projects.id = project_id
      WHERE price_id IS NOT NULL OR amount IS NOT NULL""";

  private void row(ResultSet row) throws SQLException {
    String id = row.getString("request_id");
    Long stored = Sql.number(row, "amount");
    if (row.getString("project") == null) {
      differs(new Difference("request", id, stored, null, "its project is not there"));
    }
    if (Sql.number(row, "id") == null) {
      differs(new Difference("request", id, stored, null, "its price is not there"));
      return;
    }
    var usage =
        new Usage(
            row.getInt("prompt_tokens"),
            row.getInt("completion_tokens"),
            row.getInt("cached_tokens"),
            row.getInt("cache_write_tokens"),
            false,
            Map.of());
    // An answer of no token costs nothing, also where each request has a price.
    long computed = usage.totalTokens() == 0 ? 0 : AccountRows.price(row).of(usage);
    if (stored == null || stored != computed) {
      differs(new Difference("request", id, stored, computed, "its tokens at its price"));
    }
  }

  /** One statement, so that a row that is written meanwhile is in both sums or in none. */
  private static final String USED =
      """
      SELECT organisations.name AS name, used.amount AS stored,
        coalesce(sums.amount, 0) AS computed
      FROM organisations
        LEFT JOIN used ON used.organisation_id = organisations.id
        LEFT JOIN (
          SELECT organisation_id, sum(amount) AS amount
          FROM (
            SELECT project_id, amount FROM requests UNION ALL SELECT project_id, amount FROM days
          ) AS charges JOIN projects ON projects.id = project_id
          GROUP BY organisation_id
        ) AS sums ON sums.organisation_id = organisations.id
      ORDER BY organisations.name""";

  private void organisation(ResultSet row) throws SQLException {
    Long stored = Sql.number(row, "stored");
    long computed = row.getLong("computed");
    if ((stored == null ? 0 : stored) != computed) {
      differs(
          new Difference(
              "organisation",
              row.getString("name"),
              stored,
              computed,
              "the sum of its rows and days"));
    }
  }

  private static final String KEYS =
      """
      SELECT keys.id AS id, used, coalesce(sums.amount, 0) AS computed
      FROM keys LEFT JOIN (
        SELECT key_id, sum(amount) AS amount
        FROM (SELECT key_id, amount FROM requests UNION ALL SELECT key_id, amount FROM days) AS charges
        GROUP BY key_id
      ) AS sums ON sums.key_id = keys.id
      ORDER BY keys.id""";

  private void key(ResultSet row) throws SQLException {
    long stored = row.getLong("used");
    long computed = row.getLong("computed");
    if (stored != computed) {
      differs(
          new Difference(
              "key", row.getString("id"), stored, computed, "the sum of its rows and days"));
    }
  }

  private void differs(Difference difference) {
    differences++;
    if (told.size() < TOLD_MAX) {
      told.add(difference);
    }
  }
}
