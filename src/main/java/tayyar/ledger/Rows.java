package tayyar.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Ended;
import tayyar.api.Outcome;

/** The table {@code requests}. Keeps one connection and opens a new one after a failure. */
final class Rows {
  private static final Logger LOG = LoggerFactory.getLogger(Rows.class);

  /** A model's name comes from the client and may be of any length. */
  private static final int MODEL_CHARS_MAX = 200;

  /** A commit may be done although it is reported as failed: then the rows are there already. */
  private static final String INSERT =
      """
      INSERT INTO requests (
        request_id, key_id, model, target, attempts, streamed, outcome, error_code, status,
        prompt_tokens, completion_tokens, cached_tokens, estimated,
        started_ms, first_token_us, duration_us, gap_p50_us, gap_p99_us,
        queued_us, bytes_in, bytes_out, tries)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (request_id) DO NOTHING""";

  private static final String USED =
      """
      UPDATE keys SET last_used_ms = ?1
      WHERE id = ?2 AND (last_used_ms IS NULL OR last_used_ms < ?1)""";

  private final DataSource dataSource;
  private @Nullable Connection connection;

  Rows(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Writes all of them, and when their keys were used, or nothing.
   *
   * @param tell whether a failure is worth a line in the log
   * @return false when the database failed
   */
  boolean write(List<Ended> group, boolean tell) {
    if (group.isEmpty()) {
      return true;
    }
    try {
      Connection open = open();
      open.setAutoCommit(false);
      insert(open, group);
      used(open, group);
      // Commits and begins nothing new: commit() would, and hold the writers' lock until next time.
      open.setAutoCommit(true);
      return true;
    } catch (SQLException e) {
      if (tell) {
        LOG.atError()
            .addKeyValue("rows", group.size())
            .setCause(e)
            .log("the ledger cannot be written; its rows wait");
      }
      close();
      return false;
    }
  }

  /** Closes the connection; an open transaction is undone. */
  void close() {
    Connection open = connection;
    connection = null;
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (SQLException e) {
      LOG.atWarn().setCause(e).log("the ledger's connection could not be closed");
    }
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = dataSource.getConnection();
      connection = open;
    }
    return open;
  }

  private static void insert(Connection open, List<Ended> group) throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(INSERT)) {
      for (Ended ended : group) {
        bind(statement, ended);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void bind(PreparedStatement statement, Ended ended) throws SQLException {
    int at = 0;
    statement.setString(++at, ended.requestId());
    text(statement, ++at, ended.keyId());
    text(statement, ++at, clip(ended.model()));
    text(statement, ++at, ended.target());
    statement.setInt(++at, ended.attempts());
    statement.setInt(++at, ended.streamed() ? 1 : 0);
    statement.setString(++at, ended.outcome().word());
    statement.setString(++at, errorCode(ended.outcome()));
    statement.setInt(++at, ended.status());
    statement.setInt(++at, ended.usage().promptTokens());
    statement.setInt(++at, ended.usage().completionTokens());
    statement.setInt(++at, ended.usage().cachedTokens());
    statement.setInt(++at, ended.usage().estimated() ? 1 : 0);
    statement.setLong(++at, ended.timing().startedAtMs());
    micros(statement, ++at, ended.timing().firstTokenMicros());
    statement.setLong(++at, ended.timing().durationMicros());
    micros(statement, ++at, ended.timing().gapP50Micros());
    micros(statement, ++at, ended.timing().gapP99Micros());
    statement.setLong(++at, ended.course().queuedMicros());
    statement.setLong(++at, ended.course().bytesIn());
    statement.setLong(++at, ended.course().bytesOut());
    text(statement, ++at, ended.course().troubles());
  }

  /** An empty text is none. */
  private static void text(PreparedStatement statement, int at, String text) throws SQLException {
    statement.setString(at, text.isEmpty() ? null : text);
  }

  /** What was never measured is none. */
  private static void micros(PreparedStatement statement, int at, long micros) throws SQLException {
    if (micros < 0) {
      statement.setNull(at, Types.INTEGER);
    } else {
      statement.setLong(at, micros);
    }
  }

  private static void used(Connection open, List<Ended> group) throws SQLException {
    Map<String, Long> lastUse = new HashMap<>();
    for (Ended ended : group) {
      if (!ended.keyId().isEmpty()) {
        lastUse.merge(ended.keyId(), ended.timing().startedAtMs(), Math::max);
      }
    }
    if (lastUse.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = open.prepareStatement(USED)) {
      for (Map.Entry<String, Long> use : lastUse.entrySet()) {
        statement.setLong(1, use.getValue());
        statement.setString(2, use.getKey());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static @Nullable String errorCode(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Failed failed -> failed.error().code();
      case Outcome.TimedOut timedOut -> timedOut.phase().name().toLowerCase(Locale.ROOT);
      case Outcome.Completed c -> null;
      case Outcome.ClientGone g -> null;
      case Outcome.Draining d -> null;
    };
  }

  static String clip(String model) {
    return model.length() <= MODEL_CHARS_MAX ? model : model.substring(0, MODEL_CHARS_MAX);
  }
}
