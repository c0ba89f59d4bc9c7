package tayyar.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Column;
import tayyar.api.Ended;

/**
 * The table {@code requests}. Keeps one connection with its statements and opens a new one after a
 * failure.
 */
final class Rows {
  private static final Logger LOG = LoggerFactory.getLogger(Rows.class);

  /**
   * Rows of one statement under load. Each statement opens the table and its indexes; for a single
   * row that is a quarter of its cost.
   */
  static final int TOGETHER = 32;

  /** Of each row. */
  private static final int COLUMNS = 30;

  private static final String ONE = insert(1);
  private static final String MANY = insert(TOGETHER);

  private static final int VALID_SECONDS = 1;

  static final String USED =
      """
      UPDATE keys SET used = used + ?, last_used_ms = CASE WHEN last_used_ms > ? THEN last_used_ms ELSE ? END
      WHERE id = ?""";

  static final String CHARGED =
      """
      INSERT INTO used (organisation_id, amount)
      SELECT organisation_id, ? FROM projects WHERE id = ?
      ON CONFLICT (organisation_id) DO UPDATE SET amount = used.amount + excluded.amount""";

  private static final String LEASED =
      """
      UPDATE leases SET amount = amount - ?
      WHERE organisation_id = (SELECT organisation_id FROM projects WHERE id = ?)
        AND gateway_id = ?""";

  private static final String THERE = "SELECT 1 FROM requests WHERE request_id = ?";

  private final DataSource dataSource;
  private final String gateway;
  private @Nullable Statements statements;

  /** A connection and its prepared statements. */
  private record Statements(
      Connection connection,
      PreparedStatement one,
      PreparedStatement many,
      PreparedStatement used,
      PreparedStatement charged,
      PreparedStatement leased,
      PreparedStatement there) {
    static Statements on(Connection open) throws SQLException {
      return new Statements(
          open,
          open.prepareStatement(ONE),
          open.prepareStatement(MANY),
          open.prepareStatement(USED),
          open.prepareStatement(CHARGED),
          open.prepareStatement(LEASED),
          open.prepareStatement(THERE));
    }
  }

  /**
   * The table in a database.
   *
   * @param gateway whose leases the charges lessen
   */
  Rows(DataSource dataSource, String gateway) {
    this.dataSource = dataSource;
    this.gateway = gateway;
  }

  /**
   * Writes all rows, and the times at which their keys were used, or nothing.
   *
   * @param again whether they were tried before; a failure is worth a line in the log only once
   * @return false when the database failed
   */
  boolean write(List<Ended> all, boolean again) {
    if (all.isEmpty()) {
      return true;
    }
    try {
      Statements open = open();
      open.connection.setAutoCommit(false);
      List<Ended> group = again ? missing(open, all) : all;
      insert(open, group, gateway);
      used(open, group);
      charge(open, group, gateway);
      // Commits without a new transaction: commit() would begin one and hold the writers' lock.
      open.connection.setAutoCommit(true);
      if (!open.connection.isValid(VALID_SECONDS)) {
        // The rows went to a file that nobody reads any more: they are written again to the new
        // one.
        throw new SQLException("the database is gone or another one");
      }
      return true;
    } catch (SQLException e) {
      if (!again) {
        LOG.atError()
            .addKeyValue("rows", all.size())
            .setCause(e)
            .log("the ledger cannot be written; its rows wait");
      }
      close();
      return false;
    }
  }

  /** Closes the connection and its statements; an open transaction is undone. */
  void close() {
    Statements open = statements;
    statements = null;
    if (open != null) {
      close(open.connection);
    }
  }

  private static void close(Connection open) {
    try {
      open.close();
    } catch (SQLException e) {
      LOG.atWarn().setCause(e).log("the ledger's connection could not be closed");
    }
  }

  private Statements open() throws SQLException {
    Statements open = statements;
    if (open != null) {
      return open;
    }
    Connection made = dataSource.getConnection();
    try {
      open = Statements.on(made);
    } catch (SQLException e) {
      close(made);
      throw e;
    }
    statements = open;
    return open;
  }

  private static String insert(int rows) {
    String row = "(" + String.join(", ", Collections.nCopies(COLUMNS, "?")) + ")";
    return """
        INSERT INTO requests (
          recorded_us, request_id, key_id, model, target, attempts, streamed, outcome, error_code,
          status, prompt_tokens, completion_tokens, cached_tokens, estimated,
          started_ms, first_token_us, duration_us, gap_p50_us, gap_p99_us,
          queued_us, bytes_in, bytes_out, tries, project_id, price_id, amount,
          cache_write_tokens, reasoning_tokens, dialect, gateway_id)
        VALUES %s"""
        .formatted(String.join(", ", Collections.nCopies(rows, row)));
  }

  /** Those that are not there: a commit may succeed although it is reported as failed. */
  private static List<Ended> missing(Statements open, List<Ended> group) throws SQLException {
    List<Ended> missing = new ArrayList<>(group.size());
    for (Ended ended : group) {
      open.there.setString(1, ended.requestId());
      try (ResultSet row = open.there.executeQuery()) {
        if (!row.next()) {
          missing.add(ended);
        }
      }
    }
    return missing;
  }

  private static void insert(Statements to, List<Ended> group, String gateway) throws SQLException {
    // Reads the time within the transaction, where nobody else writes, so that rows are in the
    // order of their times.
    long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    int many = group.size() - group.size() % TOGETHER;
    insert(to.many, TOGETHER, group.subList(0, many), now, gateway);
    insert(to.one, 1, group.subList(many, group.size()), now, gateway);
  }

  private static void insert(
      PreparedStatement statement,
      int together,
      List<Ended> rows,
      long recordedMicros,
      String gateway)
      throws SQLException {
    int at = 0;
    for (Ended ended : rows) {
      statement.setLong(++at, recordedMicros);
      at = bind(statement, at, ended, gateway);
      if (at == COLUMNS * together) {
        statement.executeUpdate();
        at = 0;
      }
    }
  }

  private static int bind(PreparedStatement statement, int from, Ended ended, String gateway)
      throws SQLException {
    int at = from;
    statement.setString(++at, ended.requestId());
    text(statement, ++at, ended.keyId());
    text(statement, ++at, ended.model());
    text(statement, ++at, ended.target());
    statement.setInt(++at, ended.attempts());
    statement.setInt(++at, ended.streamed() ? 1 : 0);
    statement.setString(++at, ended.outcome().word());
    statement.setString(++at, ended.outcome().code());
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
    text(statement, ++at, ended.charge().projectId());
    boolean priced = ended.charge().priceId() > 0;
    number(statement, ++at, priced, ended.charge().priceId());
    number(statement, ++at, priced, ended.charge().amount());
    statement.setInt(++at, ended.usage().cacheWrites());
    statement.setInt(++at, ended.usage().reasoningTokens());
    text(statement, ++at, ended.course().dialect());
    text(statement, ++at, gateway);
    return at;
  }

  private static void text(PreparedStatement statement, int at, String text) throws SQLException {
    statement.setString(at, text.isEmpty() ? null : Column.text(text));
  }

  /** A time that was never measured becomes NULL. */
  private static void micros(PreparedStatement statement, int at, long micros) throws SQLException {
    number(statement, at, micros >= 0, micros);
  }

  /** A number that there is none of becomes NULL. */
  private static void number(PreparedStatement statement, int at, boolean is, long number)
      throws SQLException {
    if (is) {
      statement.setLong(at, number);
    } else {
      statement.setNull(at, Types.BIGINT);
    }
  }

  /** What a group of rows adds to one key's or one project's. */
  private static final class Sum {
    private long lastUseMs;
    private long amount;

    void add(Ended row) {
      lastUseMs = Math.max(lastUseMs, row.timing().startedAtMs());
      amount = Math.addExact(amount, row.charge().amount());
    }
  }

  private static void used(Statements open, List<Ended> group) throws SQLException {
    Map<String, Sum> keys = new TreeMap<>();
    for (Ended ended : group) {
      if (!ended.keyId().isEmpty()) {
        keys.computeIfAbsent(ended.keyId(), _ -> new Sum()).add(ended);
      }
    }
    for (Map.Entry<String, Sum> key : keys.entrySet()) {
      open.used.setLong(1, key.getValue().amount);
      open.used.setLong(2, key.getValue().lastUseMs);
      open.used.setLong(3, key.getValue().lastUseMs);
      open.used.setString(4, key.getKey());
      open.used.executeUpdate();
    }
  }

  /** Adds the rows' amounts to the sums of their organisations, and takes them from the leases. */
  private static void charge(Statements open, List<Ended> group, String gateway)
      throws SQLException {
    Map<String, Sum> projects = new TreeMap<>();
    for (Ended ended : group) {
      if (ended.charge().amount() > 0) {
        projects.computeIfAbsent(ended.charge().projectId(), _ -> new Sum()).add(ended);
      }
    }
    for (Map.Entry<String, Sum> project : projects.entrySet()) {
      open.charged.setLong(1, project.getValue().amount);
      open.charged.setString(2, project.getKey());
      open.charged.executeUpdate();
      open.leased.setLong(1, project.getValue().amount);
      open.leased.setString(2, project.getKey());
      open.leased.setString(3, gateway);
      open.leased.executeUpdate();
    }
  }
}
