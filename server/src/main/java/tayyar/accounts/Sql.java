package tayyar.accounts;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Column;
import tayyar.api.RuleException.Why;

/** Statements on a database, each on a connection of its own. Blocks. Thread-safe. */
final class Sql {
  private static final int ROWS_AT_ONCE = 500;

  private final DataSource dataSource;
  private final String who;

  /** Statements of nobody in particular, most of them readings. */
  Sql(DataSource dataSource) {
    this(dataSource, "unknown");
  }

  /**
   * Statements of somebody.
   *
   * @param who makes the changes, for the audit log
   */
  Sql(DataSource dataSource, String who) {
    this.dataSource = dataSource;
    this.who = who;
  }

  /** Returns the same for somebody else. */
  Sql by(String whoElse) {
    return new Sql(dataSource, whoElse);
  }

  /** Reads one row. */
  @FunctionalInterface
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** Looks at one row. */
  @FunctionalInterface
  interface Look {
    void at(ResultSet row) throws SQLException;
  }

  /** Steps that all happen or none does; they begin as a writer's. */
  @FunctionalInterface
  interface Steps<T> {
    T run(Connection on) throws SQLException;
  }

  <T> List<T> list(String sql, Row<T> row, @Nullable Object... values) {
    return on(open -> list(open, sql, row, values));
  }

  <T> @Nullable T first(String sql, Row<T> row, @Nullable Object... values) {
    List<T> rows = list(sql, row, values);
    return rows.isEmpty() ? null : rows.getFirst();
  }

  int write(String sql, @Nullable Object... values) {
    return together(open -> write(open, sql, values));
  }

  <T> T together(Steps<T> steps) {
    return on(
        open -> {
          open.setAutoCommit(false);
          write(open, "UPDATE acting SET who = ?", who);
          T result = steps.run(open);
          write(open, "UPDATE acting SET who = 'unknown'");
          open.commit();
          return result;
        });
  }

  <T> T on(Steps<T> steps) {
    try (Connection open = dataSource.getConnection()) {
      return steps.run(open);
    } catch (SQLException e) {
      throw new AccountException(
          Why.STORE, "The database cannot be used: " + e.getMessage() + ".", e);
    }
  }

  /** Looks at each row, without keeping them; says how many there were. */
  long each(String sql, Look look, @Nullable Object... values) {
    return on(
        open -> {
          open.setReadOnly(true);
          open.setAutoCommit(false);
          long count = 0;
          try (PreparedStatement statement = bound(open, sql, values);
              ResultSet rows = rows(statement)) {
            for (; rows.next(); count++) {
              look.at(rows);
            }
          }
          return count;
        });
  }

  /** Reads a part at a time: all of them may be more than there is memory for. */
  private static ResultSet rows(PreparedStatement statement) throws SQLException {
    statement.setFetchSize(ROWS_AT_ONCE);
    return statement.executeQuery();
  }

  static <T> List<T> list(Connection on, String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = bound(on, sql, values);
        ResultSet rows = statement.executeQuery()) {
      List<T> list = new ArrayList<>();
      while (rows.next()) {
        list.add(row.of(rows));
      }
      return List.copyOf(list);
    }
  }

  static int write(Connection on, String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = bound(on, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement bound(Connection on, String sql, @Nullable Object... values)
      throws SQLException {
    PreparedStatement statement = on.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      statement.setObject(i + 1, value == null ? null : Column.of(value));
    }
    return statement;
  }

  /** A list of texts, a line each; null for none. */
  static @Nullable List<String> lines(ResultSet row, String column) throws SQLException {
    String lines = row.getString(column);
    return lines == null ? null : List.of(lines.split("\n"));
  }

  /** The same as it is kept. */
  static @Nullable String lines(@Nullable List<String> list) {
    return list == null ? null : String.join("\n", list);
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Long ms = number(row, column);
    return ms == null ? null : Instant.ofEpochMilli(ms);
  }

  static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }
}
