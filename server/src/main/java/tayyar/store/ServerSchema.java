package tayyar.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import tayyar.api.StoreAddress;

/**
 * Keeps the tables at a PostgreSQL server up to date. The first step makes all tables as they are
 * behind SQLite's step of that number; from there on each step has a file for either.
 */
final class ServerSchema {
  /** The number of the step that makes the tables. */
  private static final int FIRST = 18;

  private static final String VERSION =
      "CREATE TABLE schema_version (\"only\" BIGINT PRIMARY KEY CHECK (\"only\" = 1), version BIGINT NOT NULL)";

  private ServerSchema() {}

  static void upgrade(Connection connection, StoreAddress.Server at) throws SQLException {
    String flaw = flaw(connection, at);
    if (!flaw.isEmpty()) {
      throw new StoreException(flaw);
    }
    if (version(connection) == Schema.LATEST) {
      return;
    }
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = '60s'");
      statement.execute("SELECT pg_advisory_xact_lock(7461797962)");
      // Reads the version again: another process may have been faster.
      int version = version(connection);
      if (version == 0) {
        statement.execute(VERSION);
        statement.execute("INSERT INTO schema_version VALUES (1, 0)");
      }
      for (int step = Math.max(FIRST, version + 1); step <= Schema.LATEST; step++) {
        statement.execute(Schema.sql("postgresql/" + step + ".sql"));
        statement.execute("UPDATE schema_version SET version = " + step);
      }
      connection.commit();
    }
  }

  /** The number of the last step that was applied; 0 where there are no tables. */
  static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet there =
          statement.executeQuery("SELECT to_regclass('schema_version') IS NOT NULL")) {
        if (!there.next() || !there.getBoolean(1)) {
          return 0;
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT version FROM schema_version")) {
        return rows.next() ? rows.getInt(1) : 0;
      }
    }
  }

  /** Why the database can't be used, in a sentence; empty where it can. */
  static String flaw(Connection connection, StoreAddress.Server at) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT current_setting('server_encoding'), current_setting('server_version_num'),"
                    + " pg_is_in_recovery()")) {
      rows.next();
      String why = "";
      if (!rows.getString(1).equals("UTF8")) {
        why = "its encoding is " + rows.getString(1) + "; make one with ENCODING 'UTF8'";
      } else if (rows.getInt(2) < 140_000) {
        why = "its server is older than PostgreSQL 14";
      } else if (rows.getBoolean(3)) {
        why = "its server is a standby; name the primary, or all of them with a comma between";
      } else if (version(connection) > Schema.LATEST) {
        why = "a newer version of Tayyar has written it; use that one";
      }
      return why.isEmpty() ? "" : "The database '" + at + "' cannot be used: " + why + ".";
    }
  }
}
