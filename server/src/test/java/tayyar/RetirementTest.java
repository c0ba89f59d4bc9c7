package tayyar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.AccountException;
import tayyar.accounts.Retention;
import tayyar.api.Keep;
import tayyar.ledger.Ledger;
import tayyar.store.Store;
import tayyar.testing.Endings;
import tayyar.testing.Stores;

/** The job of a server: it begins by itself, and ends when it is told to. */
final class RetirementTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Keep KEEP = new Keep(Keep.SHORTEST, null);
  private static final int ROWS = 60;

  @TempDir private Path folder;
  private Store store;

  /** Rows of long ago, each of another day. */
  @BeforeEach
  void open() throws Exception {
    store = Stores.open(folder.resolve("tayyar.db"));
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      for (int i = 0; i < ROWS; i++) {
        ledger.record(Endings.completed("req_" + i, "key_a", "m"));
      }
    }
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.execute("UPDATE requests SET recorded_us = 86400000000 * rowid");
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  private int rows() throws Exception {
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM requests")) {
      return row.getInt(1);
    }
  }

  @Test
  void oldRowsGoByThemselves() {
    try (var _ = Retirement.start(new Retention(store.dataSource(), Set::of, KEEP))) {
      await().atMost(SOON).until(() -> rows() == 0);
    }
  }

  @Test
  void itStopsInTheMiddle() throws Exception {
    var begun = new CountDownLatch(1);
    var closing = new CountDownLatch(1);
    var retention =
        new Retention(
            store.dataSource(),
            () -> {
              begun.countDown();
              pass(closing);
              return Set.of();
            },
            KEEP);
    Retirement job = Retirement.start(retention);
    pass(begun);
    var closed = new AtomicBoolean();
    Thread closer =
        Thread.ofVirtual()
            .start(
                () -> {
                  job.close();
                  closed.set(true);
                });
    await().atMost(SOON).until(() -> closer.getState() == Thread.State.WAITING);
    assertThat(closed).isFalse();
    closing.countDown();
    assertThat(closer.join(SOON)).isTrue();
    assertThat(rows()).isGreaterThanOrEqualTo(ROWS - 1);
  }

  /** A store that fails ends nobody. */
  @Test
  void aFailureIsNotItsEnd() {
    var asked = new CountDownLatch(1);
    var retention =
        new Retention(
            store.dataSource(),
            () -> {
              asked.countDown();
              throw new AccountException("by the test");
            },
            KEEP);
    try (var _ = Retirement.start(retention)) {
      pass(asked);
    }
    assertThat(asked.getCount()).isZero();
  }

  private static void pass(CountDownLatch latch) {
    try {
      assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
