package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Postgres;

/** A PostgreSQL server that is not there, hangs, comes back, or writes nothing. */
@Tag("socket")
final class SharedLimitsAwayOverPostgresTest extends CountersAway {
  private static @Nullable Postgres postgres;
  private static boolean runs;

  @TempDir private Path folder;
  private @Nullable AtServer store;

  @BeforeAll
  static void server() {
    postgres = Postgres.start();
    runs = true;
  }

  @AfterAll
  static void noServer() {
    its().close();
  }

  private static Postgres its() {
    return Objects.requireNonNull(postgres);
  }

  @BeforeEach
  void open() {
    store = new AtServer(its(), folder);
    stop();
  }

  @Override
  void end() {
    store().close();
    if (!runs) {
      start();
    }
  }

  private AtServer store() {
    return Objects.requireNonNull(store);
  }

  @Override
  Shares counters(String gateway) {
    return store().counters(gateway);
  }

  @Override
  void start() {
    its().up();
    runs = true;
  }

  @Override
  void stop() {
    its().down();
    runs = false;
  }

  @Override
  void pause(boolean still) {
    its().pause(still);
  }

  @Override
  long holders(String organisation) {
    return store().holders(organisation);
  }

  @Override
  long requests(String organisation) {
    return store().requests(organisation);
  }

  /** It answers, but not in time; what was used meanwhile is told when that is over. */
  @Test
  void oneThatIsSlowHoldsNobodyUp() throws Exception {
    start();
    Peer one = peer(WhenAway.OPEN).up();
    assertThat(one.ask(key).isIn()).isTrue();
    try (Connection _ = store().locked()) {
      assertThat(one.in(key, 15)).as("with the one before").isEqualTo(9);
      await().atMost(SOON).until(() -> one.shares().contact().why().contains("timeout"));
      assertThat(one.shares().isAway()).isTrue();
    }
    one.up();
    await("all to be told").atMost(SOON).until(() -> requests(organisation) == 10);
  }

  /** As a standby is. */
  @Test
  void oneThatWritesNothingCountsNothing() {
    start();
    store()
        .run(
            "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET default_transaction_read_only = on'',"
                + " current_database()); END'");
    Peer one = peer(CLOSED);
    await().atMost(SOON).until(() -> one.shares().contact().why().contains("read-only"));
    assertClosed(one, key);
  }
}
