package tayyar.keys;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Column;

/**
 * Statements on the keys, each on a connection of its own. Blocks. Thread-safe.
 *
 * @param who makes the changes, for the audit log
 */
record Sql(DataSource dataSource, String who) {
  /** Reads rows. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet rows) throws SQLException;
  }

  <T> T read(String sql, Reader<T> reader) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      return reader.read(rows);
    } catch (SQLException e) {
      throw new KeyException("The keys cannot be read: " + e.getMessage() + ".", e);
    }
  }

  int write(String sql, @Nullable Object... values) {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      run(connection, "UPDATE acting SET who = ?", who);
      int count = run(connection, sql, values);
      run(connection, "UPDATE acting SET who = 'unknown'");
      connection.commit();
      return count;
    } catch (SQLException e) {
      throw new KeyException("The keys cannot be changed: " + e.getMessage() + ".", e);
    }
  }

  private static int run(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        Object value = values[i];
        statement.setObject(i + 1, value == null ? null : Column.of(value));
      }
      return statement.executeUpdate();
    }
  }

  static @Nullable Instant instant(ResultSet rows, String column) throws SQLException {
    long ms = rows.getLong(column);
    return rows.wasNull() ? null : Instant.ofEpochMilli(ms);
  }
}
