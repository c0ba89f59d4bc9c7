package tayyar.accounts;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Consumer;
import tayyar.accounts.Reconciliation.Difference;
import tayyar.api.Price;

/**
 * Compares the amount of each day with its tokens at its version of the price. Each row was rounded
 * up by itself, so of n rows the sum is less than n billionths above the exact amount.
 */
final class DaysAtPrices {
  static final String SQL =
      """
      SELECT days.*, projects.id AS project, prices.id AS id, prices.model AS model, input,
        cached_input, cache_write, output, request, valid_from_ms
      FROM days LEFT JOIN prices ON prices.id = price_id
        LEFT JOIN projects ON projects.id = project_id
      WHERE price_id <> 0 OR amount <> 0""";

  private DaysAtPrices() {}

  static void check(ResultSet row, Consumer<Difference> differs) throws SQLException {
    String id =
        "%s %s %s %s"
            .formatted(
                row.getString("day"),
                row.getString("project_id"),
                row.getString("key_id"),
                row.getString("outcome"));
    long stored = row.getLong("amount");
    if (row.getString("project") == null) {
      differs.accept(new Difference("day", id, stored, null, "its project is not there"));
    }
    if (Sql.number(row, "id") == null) {
      differs.accept(new Difference("day", id, stored, null, "its price is not there"));
      return;
    }
    BigInteger least = least(row, AccountRows.price(row));
    BigInteger above = BigInteger.valueOf(stored).subtract(least);
    // Rounding adds less than one to each row, and the exact sum is itself rounded up here.
    long most = Math.max(0, row.getLong("answered") - 1);
    if (above.signum() < 0 || above.compareTo(BigInteger.valueOf(most)) > 0) {
      long computed = least.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
      differs.accept(new Difference("day", id, stored, computed, "its tokens at its price"));
    }
  }

  /** The exact amount, rounded up once. */
  private static BigInteger least(ResultSet row, Price price) throws SQLException {
    long cached = row.getLong("paid_cached_tokens");
    long writes = row.getLong("cache_write_tokens");
    return price.exact(
        row.getLong("prompt_tokens") - cached - writes,
        cached,
        writes,
        row.getLong("completion_tokens"),
        row.getLong("answered"));
  }
}
