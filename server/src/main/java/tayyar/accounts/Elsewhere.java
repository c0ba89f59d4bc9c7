package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Reads what other gateways of the store have charged, for limits of spending. Each look reads the
 * rows of the last seconds, for clocks differ and a transaction takes its time, and tells what of
 * them is new. Blocks. Used by one thread.
 */
public final class Elsewhere {
  /** A row may come this much later than the moment that it names. */
  static final long LATE_MICROS = TimeUnit.SECONDS.toMicros(10);

  private static final String CHARGED =
      """
      SELECT key_id, project_id, organisation_id, zone, coalesce(gateway_id, '') AS gateway,
        recorded_us / 1000000 AS second, sum(amount) AS amount
      FROM requests JOIN projects ON projects.id = project_id
        JOIN organisations ON organisations.id = organisation_id
      WHERE recorded_us >= ? AND amount > 0 AND coalesce(gateway_id, '') <> ?
      GROUP BY key_id, project_id, organisation_id, zone, gateway, second""";

  private final Sql sql;
  private final String gateway;
  private final InstantSource clock;
  private long fromMicros;
  private Map<Second, Long> seen = new HashMap<>();

  /** What a gateway has charged for a key in a second. */
  private record Second(String gateway, String key, String project, long second) {}

  /**
   * Charges of others since a moment.
   *
   * @param gateway this one's name
   */
  Elsewhere(Sql sql, String gateway, InstantSource clock, long sinceMs) {
    this.sql = sql;
    this.gateway = gateway;
    this.clock = clock;
    this.fromMicros = from(sinceMs);
  }

  /** The first moment whose rows of others are read, where one begins at a moment. */
  static long from(long ms) {
    long micros = TimeUnit.MILLISECONDS.toMicros(ms) - LATE_MICROS;
    return micros - Math.floorMod(micros, TimeUnit.SECONDS.toMicros(1));
  }

  /**
   * A charge that was not told before.
   *
   * @param holders the key, its project and its organisation
   * @param zone in which their days are counted
   */
  record Charge(List<String> holders, String organisationId, String zone, long amount, long atMs) {}

  /**
   * Adds what is new to those who have spent it.
   *
   * @throws AccountException when the database fails; nothing is lost then
   */
  public void look(Billing billing) {
    long now = clock.millis();
    Map<Second, Long> sums = new HashMap<>();
    List<Charge> charges = new ArrayList<>();
    sql.each(CHARGED, row -> add(row, sums, charges), fromMicros, gateway);
    fromMicros = from(now);
    seen = sums;
    charges.forEach(each -> billing.spentElsewhere(each, now));
  }

  private void add(ResultSet row, Map<Second, Long> sums, List<Charge> charges)
      throws SQLException {
    String key = row.getString("key_id");
    if (key == null) {
      return;
    }
    String project = row.getString("project_id");
    String organisation = row.getString("organisation_id");
    long amount = row.getLong("amount");
    var second = new Second(row.getString("gateway"), key, project, row.getLong("second"));
    sums.put(second, amount);
    long more = amount - seen.getOrDefault(second, 0L);
    if (more > 0) {
      charges.add(
          new Charge(
              List.of(key, project, organisation),
              organisation,
              row.getString("zone"),
              more,
              TimeUnit.SECONDS.toMillis(second.second)));
    }
  }
}
