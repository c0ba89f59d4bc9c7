package tayyar.accounts;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases in the database. Keeps one connection, and opens a new one after a failure. Blocks;
 * for one thread.
 */
final class LeaseStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseStore.class);

  private static final String MONEY =
      """
      SELECT
        (SELECT coalesce(sum(amount), 0) FROM movements
            WHERE organisation_id = organisations.id)
          - coalesce((SELECT amount FROM used WHERE organisation_id = organisations.id), 0)
          + coalesce((SELECT overdraft FROM plans WHERE id = plan_id), 0)
          - (SELECT coalesce(sum(amount), 0) FROM leases
            WHERE organisation_id = organisations.id AND amount > 0) AS free,
        (SELECT coalesce(sum(amount), 0) FROM leases
          WHERE organisation_id = organisations.id AND gateway_id = me.id) AS here,
        (SELECT coalesce(sum(amount), 0) FROM leases
          WHERE organisation_id = organisations.id AND gateway_id <> me.id AND amount > 0)
          AS elsewhere,
        (SELECT coalesce(max(wanted), 0) FROM leases
          WHERE organisation_id = organisations.id AND gateway_id <> me.id) AS wanted,
        (SELECT count(*) FROM gateways) AS gateways
      FROM organisations, (SELECT CAST(? AS TEXT) AS id) AS me WHERE organisations.id = ?""";

  private static final String CHANGE =
      """
      INSERT INTO leases (organisation_id, gateway_id, amount, wanted) VALUES (?, ?, ?, ?)
      ON CONFLICT (organisation_id, gateway_id)
      DO UPDATE SET amount = leases.amount + excluded.amount, wanted = excluded.wanted""";

  private static final String WANTED =
      """
      SELECT DISTINCT organisation_id FROM leases AS its
      WHERE wanted > 0 AND gateway_id <> ? AND EXISTS (SELECT 1 FROM leases
        WHERE organisation_id = its.organisation_id AND gateway_id = ?)""";

  private final DataSource dataSource;
  private final String gateway;
  private @Nullable Connection connection;

  /**
   * The leases of one gateway.
   *
   * @param gateway its name, which no other process that lives has
   */
  LeaseStore(DataSource dataSource, String gateway) {
    this.dataSource = dataSource;
    this.gateway = gateway;
  }

  /**
   * What there is of an organisation's money, billionths of the currency.
   *
   * @param free what no gateway has; below zero where they have too much, or one has spent more
   * @param here what this gateway has, also where running requests hold it; below zero where its
   *     answers cost more
   * @param elsewhere what other gateways have
   * @param wanted what another gateway lacks
   * @param gateways how many there are, this one included
   */
  record Money(long free, long here, long elsewhere, long wanted, int gateways) {}

  /** Decides within the transaction how a lease changes. */
  @FunctionalInterface
  interface Decision {
    Change of(Money money);
  }

  /**
   * How a lease changes.
   *
   * @param given how much more it is
   * @param forgiven what it was below zero, which all gateways owe now
   * @param taken how much of it is given back
   * @param wanted what is still missing
   */
  record Change(long given, long forgiven, long taken, long wanted) {
    /** How much more the gateway may hold. */
    long lent() {
      return given + forgiven;
    }
  }

  /** A change, and what there was before. */
  record Changed(Money before, Change change) {
    /** Whether there is nothing more to lend, here or at another gateway. */
    boolean nothingLeft() {
      return before.free + change.taken <= change.given && before.elsewhere <= 0;
    }
  }

  /** Begins anew: what a dead process of this name had is free, and so is that of late ones. */
  void begin(long nowMs, long untilMs) throws SQLException {
    together(
        on -> {
          Sql.write(on, "DELETE FROM gateways WHERE id = ? OR until_ms < ?", gateway, nowMs);
          return Sql.write(on, "INSERT INTO gateways VALUES (?, ?)", gateway, untilMs);
        });
  }

  /** Moves its end on; false where it is gone, and its leases with it. */
  boolean beat(long untilMs) throws SQLException {
    return together(
        on -> Sql.write(on, "UPDATE gateways SET until_ms = ? WHERE id = ?", untilMs, gateway) > 0);
  }

  /** Gives everything back. */
  void end() throws SQLException {
    together(on -> Sql.write(on, "DELETE FROM gateways WHERE id = ?", gateway));
  }

  /** Changes a lease as somebody decides who sees what there is. */
  Changed change(String organisationId, long nowMs, Decision decision) throws SQLException {
    return together(
        on -> {
          Sql.write(on, "DELETE FROM gateways WHERE until_ms < ? AND id <> ?", nowMs, gateway);
          List<Money> found = Sql.list(on, MONEY, LeaseStore::money, gateway, organisationId);
          Money money = found.isEmpty() ? new Money(0, 0, 0, 0, 1) : found.getFirst();
          Change change = decision.of(money);
          if (!found.isEmpty()) {
            long more = change.lent() - change.taken;
            Sql.write(on, CHANGE, organisationId, gateway, more, change.wanted);
          }
          return new Changed(money, change);
        });
  }

  private static Money money(ResultSet row) throws SQLException {
    return new Money(
        row.getLong("free"),
        row.getLong("here"),
        row.getLong("elsewhere"),
        row.getLong("wanted"),
        row.getInt("gateways"));
  }

  /** Organisations of whose money this gateway has a part and another one wants more. */
  List<String> wanted() throws SQLException {
    try {
      return Sql.list(open(), WANTED, row -> row.getString(1), gateway, gateway);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  private <T> T together(Sql.Steps<T> steps) throws SQLException {
    try {
      Connection on = open();
      on.setAutoCommit(false);
      T result = steps.run(on);
      // Commits without a new transaction: commit() would begin one and hold the writers' lock.
      on.setAutoCommit(true);
      return result;
    } catch (SQLException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open != null && !open.isValid(0)) {
      close();
      open = null;
    }
    if (open == null) {
      open = dataSource.getConnection();
      connection = open;
    }
    return open;
  }

  /** Closes the connection; an open transaction is undone. */
  @Override
  public void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.atWarn().setCause(e).log("the connection of the leases could not be closed");
      }
    }
  }
}
