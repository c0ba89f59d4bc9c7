package tayyar.accounts;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import tayyar.accounts.UsageStore.By;
import tayyar.accounts.UsageStore.Days;
import tayyar.api.Price;
import tayyar.api.Usage;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tayyar.testing.Stores;

/** A store with customers in several zones, and rows of many days; the same for the same seed. */
final class History implements AutoCloseable {
  /** The clocks of two of them turn within the days that the rows are of. */
  static final List<String> ZONES =
      List.of("Africa/Cairo", "America/New_York", "Pacific/Kiritimati", "UTC");

  static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
  static final int SPAN_DAYS = 120;

  private static final List<String> OUTCOMES = RequestStore.OUTCOMES;

  final Store store;
  final Path file;
  private final Random random;
  private final List<String[]> keys = new ArrayList<>();
  private final List<Price> prices = new ArrayList<>();

  History(Path folder, long seed) {
    this.file = folder.resolve("tayyar.db");
    this.store = Stores.open(file);
    this.random = new Random(seed);
    var accounts = new AccountStore(store.dataSource(), "test");
    for (String zone : ZONES) {
      String name = zone.substring(zone.indexOf('/') + 1);
      accounts.createOrganisation(name, null, true, ZoneId.of(zone));
      accounts.createProject(name, "other");
      for (String project : List.of(name, name + "/other")) {
        String id = accounts.project(project).id();
        for (int i = 0; i < 2; i++) {
          var terms = new KeyStore.Terms(id, null, null);
          var issued = new KeyStore(store.dataSource()).create("k" + i, 9, terms);
          keys.add(new String[] {id, issued.key().id()});
        }
      }
    }
    for (int i = 0; i < 3; i++) {
      long input = random.nextLong(50_000_000_000L);
      prices.add(accounts.setPrice("m" + i, input, input / 3, input, 2 * input + 1, i * 7L, null));
    }
  }

  /** Writes rows at random moments before {@link #NOW}, as the ledger does. */
  History rows(int count) throws SQLException {
    try (Connection on = store.dataSource().getConnection()) {
      on.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        row(on, "req_%06d".formatted(i));
      }
      on.commit();
    }
    return this;
  }

  /** Writes another row, of a key of one organisation. */
  void rowOf(String organisation, String id) throws SQLException {
    List<String> own =
        texts("SELECT id FROM projects WHERE organisation_id = '" + organisation + "'");
    try (Connection on = store.dataSource().getConnection()) {
      row(on, id, keys.stream().filter(key -> own.contains(key[0])).findFirst().orElseThrow());
    }
  }

  private void row(Connection on, String id) throws SQLException {
    row(on, id, keys.get(random.nextInt(keys.size())));
  }

  private void row(Connection on, String id, String[] key) throws SQLException {
    Price price = random.nextInt(4) == 0 ? null : prices.get(random.nextInt(prices.size()));
    boolean none = random.nextInt(5) == 0;
    int prompt = none ? 0 : random.nextInt(3_000);
    int completion = none ? 0 : random.nextInt(900);
    int cached = random.nextInt(prompt + 3);
    int writes = random.nextInt(prompt + 3);
    var usage = new Usage(prompt, completion, cached, writes, random.nextBoolean(), Map.of());
    Long amount = price == null ? null : usage.totalTokens() == 0 ? 0 : price.of(usage);
    // Some of the same moment, for rows are written in groups.
    long seconds = random.nextLong(Duration.ofDays(SPAN_DAYS).toSeconds() / 500) * 500;
    long micros = (NOW.getEpochSecond() - seconds) * 1_000_000L;
    boolean old = price == null && random.nextInt(3) == 0;
    String asked = random.nextInt(20) == 0 ? "a,\"b\"\nc" : "m" + random.nextInt(4);
    Object[] values = {
      id,
      micros,
      old && random.nextBoolean() ? null : key[1],
      asked,
      random.nextBoolean() ? 1 : 0,
      OUTCOMES.get(random.nextInt(OUTCOMES.size())),
      prompt,
      completion,
      cached,
      usage.cacheWrites(),
      usage.estimated() ? 1 : 0,
      old ? null : key[0],
      price == null ? null : price.id(),
      amount
    };
    write(
        on,
        """
        INSERT INTO requests (request_id, recorded_us, key_id, model, streamed, outcome,
          prompt_tokens, completion_tokens, cached_tokens, cache_write_tokens, estimated,
          project_id, price_id, amount, attempts, status, started_ms, duration_us)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 200, 1, 1)""",
        values);
    if (amount != null && amount > 0) {
      write(
          on,
          """
          INSERT INTO used SELECT organisation_id, ? FROM projects WHERE id = ?
          ON CONFLICT (organisation_id) DO UPDATE SET amount = used.amount + excluded.amount""",
          amount,
          key[0]);
      write(on, "UPDATE keys SET used = used + ? WHERE id = ?", amount, key[1]);
    }
  }

  static void write(Connection on, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = on.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  void execute(String sql) throws SQLException {
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String sql) throws SQLException {
    return Long.parseLong(texts(sql).getFirst());
  }

  List<String> texts(String sql) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  Set<String> ids() throws SQLException {
    return new TreeSet<>(texts("SELECT request_id FROM requests"));
  }

  /** All that is told of it in sums: over all days, over some of them, and by key. */
  Map<String, Object> told() {
    var usage = new UsageStore(store.dataSource());
    var accounts = new AccountStore(store.dataSource());
    Map<String, Object> all = new LinkedHashMap<>();
    LocalDate last = LocalDate.ofInstant(NOW, ZoneId.of("UTC")).plusDays(2);
    for (int[] span : new int[][] {{0, 200}, {60, 100}, {70, 71}}) {
      var days = new Days(_ -> last.minusDays(span[1]), _ -> last.minusDays(span[0]));
      for (By by : By.values()) {
        String what = by + " " + span[0] + "-" + span[1];
        all.put(what, usage.sums(null, days, by));
        for (var each : accounts.organisations()) {
          all.put(what + " " + each.name(), usage.own(each.id(), each.zone(), days, by, 1_000_000));
        }
      }
    }
    all.put("keys", new KeyStore(store.dataSource()).use(Instant.EPOCH).toString());
    all.put("balances", accounts.organisations());
    return all;
  }

  @Override
  public void close() {
    store.close();
  }
}
