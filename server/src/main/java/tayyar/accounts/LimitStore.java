package tayyar.accounts;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import tayyar.api.Limits;
import tayyar.api.RuleException.Why;
import tayyar.api.Scope;
import tayyar.api.Scope.Level;

/**
 * The limits in the database. Blocks, so never called on an event loop. Thread-safe. All methods
 * throw {@link AccountException} with a sentence when the database fails or what is asked for can't
 * be.
 */
public final class LimitStore {
  /** Every holder, also one without limits; a key that is revoked is none. */
  private static final String HOLDERS =
      """
      SELECT 'plan' AS level, plans.id, plans.name, 0 AS own FROM plans
      UNION ALL SELECT 'organisation', organisations.id, organisations.name, 0 FROM organisations
      UNION ALL SELECT 'project', projects.id, organisations.name || '/' || projects.name, 0
        FROM projects JOIN organisations ON organisations.id = organisation_id
      UNION ALL SELECT 'key', id, CASE name WHEN '' THEN hint ELSE name END, requests_per_minute
        FROM keys WHERE revoked_ms IS NULL""";

  private final Sql sql;

  /** Limits of this database, to be read. */
  public LimitStore(DataSource dataSource) {
    this(dataSource, "unknown");
  }

  /**
   * Limits of this database.
   *
   * @param who changes them, for the audit log
   */
  public LimitStore(DataSource dataSource, String who) {
    this.sql = new Sql(dataSource, who);
  }

  /** All limits but the keys' of requests a minute, by the id of the key, project and so on. */
  public Map<String, Limits> all() {
    Map<String, Limits> all = new HashMap<>();
    sql.each("SELECT * FROM limits", row -> all.put(row.getString("holder_id"), limits(row)));
    return Map.copyOf(all);
  }

  /** All that have a limit, from plans down to keys; a scope's holder is the id. */
  public List<Scope> scopes() {
    return sql.list(
        "SELECT * FROM ("
            + HOLDERS
            + ") AS holders LEFT JOIN limits ON holder_id = id"
            + " WHERE own > 0 OR requests_per_minute + tokens_per_minute + requests_at_once"
            + " + tokens_per_request + spend_per_day + spend_per_month > 0 ORDER BY CASE level"
            + " WHEN 'plan' THEN 1 WHEN 'organisation' THEN 2 WHEN 'project' THEN 3 ELSE 4 END,"
            + " name, id",
        LimitStore::scope);
  }

  /**
   * Changes the limits of one.
   *
   * @param which its name or id; a project's is {@code organisation/name}
   * @param change gives the new limits for the old ones
   * @return as they are now
   */
  public Scope change(Level level, String which, UnaryOperator<Limits> change) {
    return sql.together(
        on -> {
          Scope before = find(on, level, which);
          Scope after =
              new Scope(level, before.name(), before.holder(), change.apply(before.limits()));
          checked(after);
          if (level == Level.KEY) {
            Sql.write(
                on,
                "UPDATE keys SET requests_per_minute = ? WHERE id = ?",
                after.limits().requestsPerMinute(),
                after.holder());
          }
          write(on, after);
          return after;
        });
  }

  private static Scope find(Connection on, Level level, String which) throws SQLException {
    List<Scope> found =
        Sql.list(
            on,
            "SELECT * FROM ("
                + HOLDERS
                + ") AS holders LEFT JOIN limits ON holder_id = id WHERE level = ? AND (id = ? OR name = ?)",
            LimitStore::scope,
            level.word(),
            which,
            which);
    if (found.size() != 1) {
      String what = level.word() + " '" + which + "'";
      throw found.isEmpty()
          ? new AccountException(Why.MISSING, "There is no " + what + ".")
          : new AccountException(
              Why.CONFLICT, "There are " + found.size() + " of " + what + "; use an id.");
    }
    return found.getFirst();
  }

  private static void checked(Scope scope) {
    Limits its = scope.limits();
    if (scope.level() == Level.KEY && its.requestsPerMinute() < 1) {
      throw new AccountException("A key needs at least 1 request a minute.");
    }
    boolean below =
        its.requestsPerMinute() < 0
            || its.tokensPerMinute() < 0
            || its.requestsAtOnce() < 0
            || its.tokensPerRequest() < 0
            || its.spendPerDay() < 0
            || its.spendPerMonth() < 0;
    if (below) {
      throw new AccountException("A limit is 1 or more; 0 is none.");
    }
  }

  private static void write(Connection on, Scope scope) throws SQLException {
    Limits its = scope.limits();
    Sql.write(
        on,
        """
        INSERT INTO limits VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (holder_id) DO UPDATE SET
          requests_per_minute = excluded.requests_per_minute,
          tokens_per_minute = excluded.tokens_per_minute,
          requests_at_once = excluded.requests_at_once,
          tokens_per_request = excluded.tokens_per_request,
          spend_per_day = excluded.spend_per_day,
          spend_per_month = excluded.spend_per_month""",
        scope.holder(),
        its.requestsPerMinute(),
        its.tokensPerMinute(),
        its.requestsAtOnce(),
        its.tokensPerRequest(),
        its.spendPerDay(),
        its.spendPerMonth());
  }

  private static Scope scope(ResultSet row) throws SQLException {
    int own = row.getInt("own");
    Limits its = limits(row);
    Limits all = own > 0 ? its.withRequests(own) : its;
    return new Scope(
        Level.of(row.getString("level")), row.getString("name"), row.getString("id"), all);
  }

  private static Limits limits(ResultSet row) throws SQLException {
    return new Limits(
        row.getInt("requests_per_minute"),
        row.getInt("tokens_per_minute"),
        row.getInt("requests_at_once"),
        row.getInt("tokens_per_request"),
        row.getLong("spend_per_day"),
        row.getLong("spend_per_month"));
  }
}
