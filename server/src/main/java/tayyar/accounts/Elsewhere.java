package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Reads what other gateways of the store have charged to holders of limits of spending. Each look
 * reads the rows of the last seconds, for clocks differ and a transaction takes its time, and tells
 * what of them is new; where nobody has such a limit it reads nothing. Blocks. Used by one thread.
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
  private final Set<String> limited;
  private long fromMicros;
  private Map<Second, Long> seen = new HashMap<>();

  /** What a gateway has charged to a holder in a second, by one key of one project. */
  private record Second(String gateway, String holder, String key, String project, long second) {}

  /**
   * Charges of others from now on.
   *
   * @param gateway this one's name
   * @param limited the ids of those who are told of; may grow between two looks
   */
  Elsewhere(Sql sql, String gateway, InstantSource clock, Set<String> limited) {
    this.sql = sql;
    this.gateway = gateway;
    this.clock = clock;
    this.limited = limited;
    this.fromMicros = from(clock.millis());
  }

  /** The first moment whose rows the next look reads; in microseconds since the epoch. */
  long fromMicros() {
    return fromMicros;
  }

  private static long from(long ms) {
    long micros = TimeUnit.MILLISECONDS.toMicros(ms) - LATE_MICROS;
    return micros - Math.floorMod(micros, TimeUnit.SECONDS.toMicros(1));
  }

  /**
   * A charge that was not told before.
   *
   * @param holder the key, its project or its organisation
   * @param zone in which its days are counted
   */
  record Charge(String holder, String organisationId, String zone, long amount, long atMs) {}

  /**
   * Adds what is new to those who have spent it.
   *
   * @throws AccountException when the database fails; nothing is lost then
   */
  public void look(Billing billing) {
    long now = clock.millis();
    Map<Second, Long> sums = new HashMap<>();
    List<Charge> charges = new ArrayList<>();
    if (!limited.isEmpty()) {
      sql.each(CHARGED, row -> add(row, sums, charges), fromMicros, gateway);
    }
    // A clock that is set back must not tell again what was told.
    fromMicros = Math.max(fromMicros, from(now));
    seen = sums;
    charges.forEach(each -> billing.spentElsewhere(each, now));
  }

  private void add(ResultSet row, Map<Second, Long> sums, List<Charge> charges)
      throws SQLException {
    String key = row.getString("key_id");
    if (key == null) {
      return;
    }
    String gate = row.getString("gateway");
    String project = row.getString("project_id");
    String organisation = row.getString("organisation_id");
    String zone = row.getString("zone");
    long amount = row.getLong("amount");
    long at = row.getLong("second");
    for (String holder : List.of(key, project, organisation)) {
      if (limited.contains(holder)) {
        var second = new Second(gate, holder, key, project, at);
        long more = amount - seen.getOrDefault(second, 0L);
        sums.put(second, amount);
        if (more > 0) {
          charges.add(new Charge(holder, organisation, zone, more, TimeUnit.SECONDS.toMillis(at)));
        }
      }
    }
  }
}
