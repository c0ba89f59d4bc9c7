package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.testing.Postgres;

/** Limiters that count as one over a real PostgreSQL server. */
@Tag("socket")
final class SharedLimitsOverPostgresTest extends CountedTogether {
  private static @Nullable AtServer store;

  @BeforeAll
  static void open(@TempDir Path folder) {
    store = new AtServer(Postgres.common(), folder);
  }

  @AfterAll
  static void leave() {
    store().close();
  }

  private static AtServer store() {
    return Objects.requireNonNull(store);
  }

  @Override
  Shares counters(String gateway) {
    return store().counters(gateway);
  }

  @Override
  void forget() {
    store().run("TRUNCATE limit_windows, limit_places");
  }

  @Override
  void aMinuteLater(String organisation) {
    store().run("UPDATE limit_windows SET slot = slot - 1 WHERE counter = 'r:%s'", organisation);
  }

  @Override
  long holders(String organisation) {
    return store().holders(organisation);
  }

  /** Only what matters no more is removed, and nobody waits for that. */
  @Test
  void oldCountersAreRemoved() {
    Peer one = peer();
    Key key = Peer.key(organisation(), new Limits(5, 100, 5, 0, 0, 0));
    one.ask(key, Peer.request(40, 10)).in();
    await().until(() -> store().holders(organisation()) == 1);
    String rows =
        "SELECT (SELECT count(*) FROM limit_windows WHERE organisation_id = '%s')"
            + " + (SELECT count(*) FROM limit_places WHERE organisation_id = '%s')";
    long all = store().number(rows, organisation());
    assertThat(all).isEqualTo(4);
    store().run("SELECT forget_limits()");
    assertThat(store().number(rows, organisation())).isEqualTo(all);
    store().run("UPDATE limit_windows SET slot = slot - 2 WHERE counter = 't:%s'", organisation());
    store().run("SELECT forget_limits()");
    assertThat(store().number(rows, organisation())).isEqualTo(all - 1);
    store().run("UPDATE limit_places SET until_ms = 1 WHERE counter = 'o:%s'", organisation());
    store().run("SELECT forget_limits()");
    assertThat(store().holders(organisation())).isZero();
  }

  /** At a stricter one, who waits for a lock fails behind it. */
  @Test
  void theDatabasesOwnIsolationIsNotUsed(@TempDir Path folder) {
    try (AtServer first = new AtServer(Postgres.common(), folder)) {
      first.run(
          "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
              + " || ' SET default_transaction_isolation TO serializable'; END $$");
      try (AtServer again = first.again()) {
        String sql = "SELECT length(current_setting('transaction_isolation'))";
        assertThat(again.number(sql, "")).isEqualTo("read committed".length());
      }
    }
  }

  /** They stand in an array's text. */
  @Test
  void namesMayHaveAnyCharacter() {
    String odd = organisation() + "\"},{\\ 'a";
    assertThat(peer().in(Peer.key(odd, requests(3)), 5)).isEqualTo(3);
    assertThat(peer().in(Peer.key(odd, requests(3)), 5)).isZero();
  }
}
