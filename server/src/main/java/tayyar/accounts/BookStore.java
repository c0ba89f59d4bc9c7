package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import tayyar.accounts.Books.SpentBefore;

/**
 * Reads what a running server has to know. Blocks, so never called on an event loop. Used by one
 * thread at a time. What was spent before is read once for each holder of a limit: what is spent
 * later the server knows itself, or {@link Elsewhere} tells it.
 */
public final class BookStore {
  /** Those with a limit of spending, with the organisation's zone. */
  private static final String LIMITED =
      """
      WITH limited AS (
        SELECT holder_id FROM limits WHERE spend_per_day > 0 OR spend_per_month > 0)
      SELECT keys.id AS holder, organisation_id, zone FROM keys JOIN projects ON projects.id = project_id
        JOIN organisations ON organisations.id = organisation_id
        WHERE keys.id IN (SELECT holder_id FROM limited)
      UNION SELECT projects.id, organisation_id, zone FROM projects
        JOIN organisations ON organisations.id = organisation_id WHERE projects.id IN (SELECT holder_id FROM limited)
      UNION SELECT id, id, zone FROM organisations
        WHERE id IN (SELECT holder_id FROM limited) OR plan_id IN (SELECT holder_id FROM limited)""";

  private static final String IN_STORE =
      """
      SELECT id, (SELECT coalesce(sum(amount), 0) FROM movements
          WHERE organisation_id = organisations.id)
        + coalesce((SELECT overdraft FROM plans WHERE id = plan_id), 0) AS amount
      FROM organisations WHERE pays = 1""";

  private static final String SPENT =
      """
      SELECT key_id, project_id, organisation_id, sum(amount) AS month,
        sum(CASE WHEN recorded_us >= ? THEN amount ELSE 0 END) AS day
      FROM requests JOIN projects ON projects.id = project_id
      WHERE recorded_us >= ? AND amount > 0
        AND recorded_us < CASE coalesce(gateway_id, '') WHEN ? THEN ? ELSE ? END
      GROUP BY key_id, project_id, organisation_id""";

  private final AccountStore accounts;
  private final Sql sql;
  private final InstantSource clock;
  private final String gateway;
  private final long beganMs;
  private final Set<String> known = new HashSet<>();
  private final Elsewhere elsewhere;

  /**
   * Books of this database, for a server that begins now and has not charged anything yet.
   *
   * @param gateway its name: what others charge from now on {@link Elsewhere} tells
   */
  public BookStore(DataSource dataSource, String gateway) {
    this(dataSource, gateway, InstantSource.system());
  }

  BookStore(DataSource dataSource, String gateway, InstantSource clock) {
    this.gateway = gateway;
    this.accounts = new AccountStore(dataSource);
    this.sql = new Sql(dataSource);
    this.clock = clock;
    this.beganMs = clock.millis();
    this.elsewhere = new Elsewhere(sql, gateway, clock, known);
  }

  /** Tells what other gateways charge from where these books end; for the same thread. */
  public Elsewhere elsewhere() {
    return elsewhere;
  }

  /**
   * Reads all.
   *
   * @throws AccountException when the database fails
   */
  public Books books() {
    Map<String, Long> inStore = new HashMap<>();
    sql.list(IN_STORE, row -> Map.entry(row.getString("id"), row.getLong("amount")))
        .forEach(its -> inStore.put(its.getKey(), its.getValue()));
    return new Books(
        new PriceList(accounts.prices(), accounts.currency()), Map.copyOf(inStore), spentBefore());
  }

  /** One with a limit of spending. */
  private record Limited(String holder, String organisationId, ZoneId zone) {
    static Limited of(ResultSet row) throws SQLException {
      return new Limited(
          row.getString("holder"),
          row.getString("organisation_id"),
          AccountStore.zone(row.getString("zone")));
    }
  }

  private Map<String, SpentBefore> spentBefore() {
    Map<ZoneId, List<Limited>> asked =
        sql.list(LIMITED, Limited::of).stream()
            .filter(limited -> !known.contains(limited.holder()))
            .collect(Collectors.groupingBy(Limited::zone));
    Map<String, SpentBefore> all = new HashMap<>();
    asked.forEach((zone, limited) -> all.putAll(spentBefore(zone, limited)));
    known.addAll(all.keySet());
    return Map.copyOf(all);
  }

  private Map<String, SpentBefore> spentBefore(ZoneId zone, List<Limited> limited) {
    long now = clock.millis();
    LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(now), zone);
    Map<String, SpentBefore> all = new HashMap<>();
    for (Limited its : limited) {
      all.put(its.holder(), new SpentBefore(its.organisationId(), zone, now, 0, 0));
    }
    for (Row row : read(today, zone)) {
      for (String holder : row.holders()) {
        all.computeIfPresent(holder, (_, sum) -> sum.plus(row.day(), row.month()));
      }
    }
    return all;
  }

  private List<Row> read(LocalDate today, ZoneId zone) {
    return sql.list(
        SPENT,
        BookStore::row,
        micros(Spent.startMs(today, zone)),
        micros(Spent.startMs(today.withDayOfMonth(1), zone)),
        gateway,
        micros(beganMs),
        elsewhere.fromMicros());
  }

  private static long micros(long ms) {
    return ms * 1000;
  }

  private record Row(List<String> holders, long day, long month) {}

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        List.of(
            row.getString("key_id"), row.getString("project_id"), row.getString("organisation_id")),
        row.getLong("day"),
        row.getLong("month"));
  }
}
