package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Reconciliation;
import tayyar.api.Charge;
import tayyar.keys.KeyStore;
import tayyar.ledger.Ledger;
import tayyar.store.Store;
import tayyar.testing.Endings;

/**
 * A process that moves old requests into sums is killed in the middle, again and again, and the
 * last one ends its work: each row is in the ledger or in the sums, once.
 */
@Tag("socket")
final class ArchiveKillsTest {
  private static final int KILLS = 8;
  private static final int OLD = 16_000;
  private static final int YOUNG = 40;
  private static final int DAYS = 5;
  private static final long SEED = 20_261_127;
  private static final long COST = 670_000;

  @TempDir private Path home;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachRowIsInOnePlace(boolean files) throws Exception {
    Path file = home.resolve(".local/share/tayyar/tayyar.db");
    Path folder = home.resolve("archive");
    var random = new Random(SEED);
    List<String> command = new ArrayList<>(List.of("archive", "--keep", "90d"));
    command.addAll(files ? List.of("--to", folder.toString()) : List.of("--delete"));
    String[] archive = command.toArray(String[]::new);
    try (Store store = Store.open(file)) {
      rows(store);
      int inTheMiddle = 0;
      for (int kill = 0; kill < KILLS; kill++) {
        long before = number(store, "SELECT count(*) FROM requests");
        try (Run run = Run.of(home, archive)) {
          await()
              .atMost(Duration.ofSeconds(60))
              .pollInterval(Duration.ofMillis(1))
              .until(() -> number(store, "SELECT count(*) FROM requests") < before);
          TimeUnit.MICROSECONDS.sleep(random.nextInt(30_000));
          run.signal("KILL");
          run.status();
        }
        agree(store);
        inTheMiddle += number(store, "SELECT count(*) FROM requests") > YOUNG ? 1 : 0;
      }
      assertThat(inTheMiddle).as("kills that left something to do").isEqualTo(KILLS);
      try (Run last = Run.of(home, archive)) {
        assertThat(last.status()).isZero();
      }
      agree(store);
      assertThat(number(store, "SELECT count(*) FROM requests")).isEqualTo(YOUNG);
      assertThat(Reconciliation.of(store.dataSource()).differences()).isZero();
    }
    if (files) {
      assertThat(archived(folder)).hasSize(OLD).doesNotHaveDuplicates();
    }
  }

  /**
   * Those of the sums and those that are left are all there ever were, and so is what they cost.
   */
  private static void agree(Store store) throws SQLException {
    String of = "SELECT (SELECT coalesce(sum(%s), 0) FROM days) + sum(%s) FROM requests";
    assertThat(number(store, of.formatted("requests", "1"))).isEqualTo(OLD + YOUNG);
    assertThat(number(store, of.formatted("amount", "amount"))).isEqualTo((OLD + YOUNG) * COST);
    assertThat(number(store, of.formatted("completion_tokens", "completion_tokens")))
        .isEqualTo((OLD + YOUNG) * 20L);
  }

  private static void rows(Store store) throws SQLException {
    var accounts = new AccountStore(store.dataSource());
    accounts.createOrganisation("acme", null, true, AccountStore.zone("Africa/Cairo"));
    long price =
        accounts
            .setPrice(
                "m", 10_000_000_000L, 10_000_000_000L, 10_000_000_000L, 30_000_000_000L, 0, null)
            .id();
    String project = accounts.project("acme").id();
    String key =
        new KeyStore(store.dataSource())
            .create("k", 9, new KeyStore.Terms(project, null, null))
            .key()
            .id();
    try (Ledger ledger = new Ledger(store.dataSource(), OLD + YOUNG)) {
      for (int i = 0; i < OLD + YOUNG; i++) {
        String id = "req_%06d".formatted(i);
        ledger.record(Endings.charged(id, key, new Charge(project, price, COST)));
      }
    }
    long old = Instant.now().minus(100, ChronoUnit.DAYS).toEpochMilli() * 1000;
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.execute(
          "UPDATE requests SET recorded_us = %d - 86400000000 * (abs(random()) %% %d)"
                  .formatted(old, DAYS)
              + " WHERE request_id < 'req_%06d'".formatted(OLD));
    }
  }

  private static long number(Store store, String sql) throws SQLException {
    try (Connection on = store.dataSource().getConnection();
        Statement ask = on.createStatement();
        ResultSet row = ask.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : -1;
    }
  }

  /** The ids in all files, each as often as it stands there. */
  private static List<String> archived(Path folder) throws Exception {
    List<String> ids = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path each : all.filter(path -> path.toString().endsWith(".csv")).toList()) {
        Files.readAllLines(each).stream().skip(1).forEach(line -> ids.add(line.split(",", -1)[1]));
      }
    }
    return ids;
  }
}
