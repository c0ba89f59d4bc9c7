package tayyar.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.UsageStore;
import tayyar.accounts.UsageStore.By;
import tayyar.accounts.UsageStore.Days;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.store.Store;
import tayyar.testing.Stores;

/** How much customers may read at once, and for how long. */
class TurnsTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final Duration LONG = Duration.ofMinutes(1);

  private static ApiError refusal(Turns turns, String key, Callable<String> reading) {
    Refused refused = catchThrowableOfType(Refused.class, () -> turns.take(key, reading));
    assertThat(refused).isNotNull();
    return refused.error();
  }

  /** Some of each key are read or wait until the latch opens. */
  private static List<Future<String>> fill(
      ExecutorService callers, Turns turns, int keys, int each, CountDownLatch open) {
    List<Future<String>> all = new ArrayList<>();
    for (int i = 0; i < keys * each; i++) {
      String key = "key" + i / each;
      all.add(
          callers.submit(
              () ->
                  turns.take(
                      key,
                      () -> {
                        open.await();
                        return key;
                      })));
    }
    return all;
  }

  private static void awaitWaiting(Turns turns, int count) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> turns.under() == count);
  }

  @Test
  void aKeyReadsFourTimesAtOnceAndOthersStillMay() throws Exception {
    var open = new CountDownLatch(1);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor();
        var turns = new Turns(LONG)) {
      List<Future<String>> running = fill(callers, turns, 1, Turns.OF_KEY, open);
      awaitWaiting(turns, Turns.OF_KEY);
      ApiError error = refusal(turns, "key0", () -> "");
      assertThat(error.status()).isEqualTo(429);
      assertThat(error.code()).isEqualTo("too_many_requests_at_once");
      assertThat(error.retryAfterSeconds()).isEqualTo(1);
      Future<String> other = callers.submit(() -> turns.take("key1", () -> "other"));
      open.countDown();
      assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo("other");
      for (Future<String> each : running) {
        assertThat(each.get(10, TimeUnit.SECONDS)).isEqualTo("key0");
      }
      assertThat(turns.take("key0", () -> "again")).isEqualTo("again");
      assertThat(turns.under()).isZero();
    }
  }

  @Test
  void whereTooManyWaitTheNextIsRefusedAndLeavesNothing() throws Exception {
    var open = new CountDownLatch(1);
    int room = Turns.WAITING + 2;
    try (var callers = Executors.newVirtualThreadPerTaskExecutor();
        var turns = new Turns(LONG)) {
      List<Future<String>> running = fill(callers, turns, room / 2, 2, open);
      awaitWaiting(turns, room);
      for (int i = 0; i < 2 * Turns.OF_KEY; i++) {
        assertThat(refusal(turns, "late", () -> "").code()).isEqualTo("queue_full");
      }
      open.countDown();
      for (Future<String> each : running) {
        each.get(10, TimeUnit.SECONDS);
      }
      assertThat(turns.take("late", () -> "now")).isEqualTo("now");
    }
  }

  @Test
  void whatItReadsMayRefuseOrFail() {
    try (var turns = new Turns(LONG)) {
      var its = new Refused(new ApiError.QueueFull());
      assertThat(
              catchThrowableOfType(
                  Refused.class,
                  () ->
                      turns.take(
                          "key",
                          () -> {
                            throw its;
                          })))
          .isSameAs(its);
      assertThat(turns.under()).isZero();
    }
  }

  /** Rows of one millisecond are more than can be added up in it, and the next reading is well. */
  @Test
  void aSumThatTakesTooLongIsEndedAndSaysSo(@TempDir Path folder) throws SQLException {
    Path file = folder.resolve("tayyar.db");
    try (Store store = Stores.open(file);
        var turns = new Turns(Duration.ofMillis(1))) {
      rows(store, 200_000);
      var slow = new UsageStore(store.dataSource(Duration.ofMillis(1)));
      ApiError error = refusal(turns, "key", () -> sums(slow).toString());
      assertThat(error.status()).isEqualTo(400);
      assertThat(error.code()).isEqualTo("too_much_to_sum");
      var fast = new UsageStore(store.dataSource(LONG));
      assertThat(turns.take("key", () -> sums(fast)).getFirst().requests()).isEqualTo(200_000);
    }
  }

  private static List<UsageStore.Sum> sums(UsageStore store) {
    LocalDate day = LocalDate.of(2026, 1, 1);
    return store.own("org_default", UTC, new Days(_ -> day, _ -> day), By.MODEL, 10);
  }

  private static void rows(Store store, int count) throws SQLException {
    long us = 1_000_000 * LocalDate.of(2026, 1, 1).atStartOfDay(UTC).toEpochSecond();
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.executeUpdate(
          """
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
          INSERT INTO requests (request_id, recorded_us, project_id, model, attempts, streamed,
            outcome, status, prompt_tokens, completion_tokens, cached_tokens, estimated,
            started_ms, duration_us)
          SELECT 'req_' || i, %d + i, 'proj_default', 'm', 1, 1, 'completed', 200, 1, 1, 0, 0, 1, 1
          FROM n"""
              .formatted(count, us));
    }
  }

  @Test
  void aStoreThatIsGoneIsNoFaultOfTheCustomer(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (Store store = Stores.open(file);
        var turns = new Turns(LONG)) {
      var usage = new UsageStore(store.dataSource(LONG));
      Files.move(file, folder.resolve("elsewhere.db"));
      ApiError error = refusal(turns, "key", () -> sums(usage).toString());
      assertThat(error.status()).isEqualTo(503);
      assertThat(error.code()).isEqualTo("store_unavailable");
      Files.move(folder.resolve("elsewhere.db"), file);
    }
  }
}
