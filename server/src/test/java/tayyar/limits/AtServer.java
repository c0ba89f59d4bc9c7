package tayyar.limits;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import tayyar.api.StoreAddress;
import tayyar.postgres.PostgresShares;
import tayyar.store.Store;
import tayyar.testing.Postgres;

/** A store at a PostgreSQL server, and the counters in it. */
final class AtServer implements AutoCloseable {
  private final StoreAddress.Server at;
  private final Store store;

  AtServer(Postgres server, Path folder) {
    this(server.database(folder.resolve("journals")));
  }

  private AtServer(StoreAddress.Server at) {
    this.at = at;
    this.store = Store.open(at);
  }

  /** The same store, opened once more. */
  AtServer again() {
    return new AtServer(at);
  }

  Shares counters(String gateway) {
    return PostgresShares.of(store.dataSource(PostgresShares.MOST), at, gateway);
  }

  /** The gateways that hold places of an organisation. */
  long holders(String organisation) {
    return number(
        "SELECT count(*) FROM limit_places WHERE counter = 'o:%s' AND places > 0", organisation);
  }

  /** What was counted of an organisation's requests. */
  long requests(String organisation) {
    return number(
        "SELECT sum(units + units_before) FROM limit_windows WHERE counter = 'r:%s'", organisation);
  }

  /** The number that a statement gives, in which "%s" is an organisation. */
  long number(String sql, String organisation) {
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement();
        ResultSet row = statement.executeQuery(sql.replace("%s", organisation))) {
      return row.next() ? row.getLong(1) : -1;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void run(String sql) {
    run(sql, "");
  }

  void run(String sql, String organisation) {
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.execute(sql.replace("%s", organisation));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets nobody read or write windows until it is closed. */
  Connection locked() throws SQLException {
    Connection on = store.dataSource().getConnection();
    on.setAutoCommit(false);
    try (Statement statement = on.createStatement()) {
      statement.execute("LOCK TABLE limit_windows IN ACCESS EXCLUSIVE MODE");
    }
    return on;
  }

  @Override
  public void close() {
    store.close();
  }
}
