package tayyar.ledger;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Column;
import tayyar.api.Price;
import tayyar.api.Usage;

/**
 * Writes the rows of requests whose process was killed: those that were over as they ended, the
 * running ones as {@code failed} with the code {@code gateway_killed} and the tokens that their
 * clients had got. Rows that are there are left alone. Blocks.
 */
final class Recovery {
  static final String KILLED = "gateway_killed";

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private static final String ROW =
      """
      INSERT INTO requests (
        request_id, recorded_us, key_id, model, target, attempts, streamed, outcome, error_code,
        status, prompt_tokens, completion_tokens, cached_tokens, estimated, started_ms, duration_us,
        project_id, price_id, amount, cache_write_tokens)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (request_id) DO NOTHING""";

  private final DataSource dataSource;

  Recovery(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Writes all that are missing, or none. */
  void write(List<Slot.Kept> all) throws IOException {
    if (all.isEmpty()) {
      return;
    }
    int written = 0;
    try (Connection on = dataSource.getConnection()) {
      on.setAutoCommit(false);
      try (PreparedStatement row = on.prepareStatement(ROW)) {
        for (Slot.Kept kept : all) {
          written += write(on, row, kept);
        }
      }
      on.commit();
    } catch (SQLException e) {
      throw new IOException("The rows of requests under way could not be recovered.", e);
    }
    LOG.atWarn()
        .addKeyValue("found", all.size())
        .addKeyValue("written", written)
        .log("the last process was killed; rows of its requests are written now");
  }

  private static int write(Connection on, PreparedStatement row, Slot.Kept kept)
      throws SQLException {
    boolean answered = kept.over() || kept.usage().completionTokens() > 0;
    Usage usage = answered ? kept.usage() : Usage.NONE;
    long amount = kept.over() ? kept.amount() : amount(on, kept.priceId(), usage);
    bind(row, kept, usage, amount);
    int count = row.executeUpdate();
    if (count > 0 && amount > 0) {
      charge(on, kept, amount);
    }
    return count;
  }

  private static void bind(PreparedStatement row, Slot.Kept kept, Usage usage, long amount)
      throws SQLException {
    int at = 0;
    row.setString(++at, kept.requestId());
    row.setLong(++at, TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
    text(row, ++at, kept.keyId());
    text(row, ++at, kept.model());
    text(row, ++at, kept.target());
    row.setInt(++at, kept.attempts());
    row.setInt(++at, kept.streamed() ? 1 : 0);
    row.setString(++at, kept.over() ? kept.outcome() : "failed");
    text(row, ++at, kept.over() ? kept.code() : KILLED);
    row.setInt(++at, kept.over() ? kept.status() : usage.completionTokens() > 0 ? 200 : 499);
    row.setInt(++at, usage.promptTokens());
    row.setInt(++at, usage.completionTokens());
    row.setInt(++at, usage.cachedTokens());
    row.setInt(++at, usage.estimated() ? 1 : 0);
    row.setLong(++at, kept.startedAtMs());
    row.setLong(++at, kept.durationMicros());
    text(row, ++at, kept.projectId());
    number(row, ++at, kept.priceId(), kept.priceId());
    number(row, ++at, kept.priceId(), amount);
    row.setInt(++at, usage.cacheWrites());
  }

  private static void text(PreparedStatement row, int at, String text) throws SQLException {
    row.setString(at, text.isEmpty() ? null : Column.text(text));
  }

  private static void number(PreparedStatement row, int at, long priceId, long number)
      throws SQLException {
    if (priceId > 0) {
      row.setLong(at, number);
    } else {
      row.setNull(at, Types.BIGINT);
    }
  }

  private static long amount(Connection on, long priceId, Usage usage) throws SQLException {
    Price price = priceId == 0 || usage.totalTokens() == 0 ? null : price(on, priceId);
    return price == null ? 0 : price.of(usage);
  }

  private static @Nullable Price price(Connection on, long id) throws SQLException {
    try (PreparedStatement ask = on.prepareStatement("SELECT * FROM prices WHERE id = ?")) {
      ask.setLong(1, id);
      try (ResultSet row = ask.executeQuery()) {
        return row.next()
            ? new Price(
                id,
                row.getString("model"),
                row.getLong("input"),
                row.getLong("cached_input"),
                row.getLong("cache_write"),
                row.getLong("output"),
                row.getLong("request"),
                row.getLong("valid_from_ms"))
            : null;
      }
    }
  }

  private static void charge(Connection on, Slot.Kept kept, long amount) throws SQLException {
    try (PreparedStatement charged = on.prepareStatement(Rows.CHARGED);
        PreparedStatement used = on.prepareStatement(Rows.USED)) {
      charged.setLong(1, amount);
      charged.setString(2, kept.projectId());
      charged.executeUpdate();
      used.setLong(1, amount);
      used.setLong(2, kept.startedAtMs());
      used.setLong(3, kept.startedAtMs());
      used.setString(4, kept.keyId());
      used.executeUpdate();
    }
  }
}
