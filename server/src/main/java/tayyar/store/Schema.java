package tayyar.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Keeps the tables up to date. The steps are the numbered SQL files beside this class; {@code
 * PRAGMA user_version} is the number of the last step that was applied to a database.
 */
final class Schema {
  /** The number of the last step; there is a file for each number from 1. */
  static final int LATEST = 20;

  private Schema() {}

  static void upgrade(Connection connection, Path file) throws SQLException {
    if (version(connection) == LATEST) {
      return;
    }
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      // Reads the version again inside the transaction: another process may have been faster.
      int version = version(connection);
      if (version > LATEST) {
        throw new StoreException(
            "The database '" + file + "' was written by a newer version of Tayyar; use that one.");
      }
      for (int step = version + 1; step <= LATEST; step++) {
        statement.executeUpdate(sql(step + ".sql"));
        statement.executeUpdate("PRAGMA user_version = " + step);
      }
      connection.commit();
    }
  }

  static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** The text of a step's file. */
  static String sql(String name) {
    try (InputStream in = Schema.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("Schema step " + name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
