package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.Key;
import tayyar.api.LimitFault;
import tayyar.api.Limits;
import tayyar.api.Scope;
import tayyar.testing.Cases;

final class LimiterTest {
  private static final Budget BUDGET = new Budget(Long.MAX_VALUE, () -> 0);

  /** Close to the overflow: nanoTime may have any value, also a negative one. */
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

  @Test
  void countsDownAndRefuses() {
    Limiter limiter = new Limiter(nanos::get, 10, BUDGET);

    assertThat(remaining(granted(limiter.admit(key("a", 2))))).isEqualTo(1);
    assertThat(remaining(granted(limiter.admit(key("a", 2))))).isEqualTo(0);
    assertThat(limiter.admit(key("a", 2))).isEqualTo(refused(2, 60));
    assertThat(limiter.admit(key("b", 2))).isInstanceOf(Admission.Granted.class);
  }

  @Test
  void aSecondFreesWhenItIsAMinuteOld() {
    Limiter limiter = new Limiter(nanos::get, 10, BUDGET);
    limiter.admit(key("a", 2));
    seconds(20.4);
    limiter.admit(key("a", 2));
    seconds(39.5);
    assertThat(limiter.admit(key("a", 2))).isEqualTo(refused(2, 1));
    seconds(0.2);
    assertThat(remaining(granted(limiter.admit(key("a", 2))))).isEqualTo(0);
    assertThat(limiter.admit(key("a", 2))).isEqualTo(refused(2, 20));
  }

  @Test
  void refusedRequestsDoNotCount() {
    Limiter limiter = new Limiter(nanos::get, 10, BUDGET);
    limiter.admit(key("a", 1));
    for (int i = 0; i < 59; i++) {
      assertThat(limiter.admit(key("a", 1))).isInstanceOf(Admission.Refused.class);
      seconds(1);
    }
    seconds(1);
    assertThat(limiter.admit(key("a", 1))).isInstanceOf(Admission.Granted.class);
  }

  @Test
  void aLoweredLimitTellsWhenEnoughIsFree() {
    Limiter limiter = new Limiter(nanos::get, 10, BUDGET);
    for (int i = 0; i < 5; i++) {
      limiter.admit(key("a", 100));
      seconds(1);
    }
    assertThat(limiter.admit(key("a", 2))).isEqualTo(refused(2, 58));
  }

  @Test
  void aFullServerRefusesWithoutCounting() {
    Limiter limiter = new Limiter(nanos::get, 1, BUDGET);
    Permit permit = granted(limiter.admit(key("a", 2))).permit();

    assertThat(limiter.admit(key("a", 2)))
        .isEqualTo(new Admission.Refused(new ApiError.QueueFull(), new Left(2, 1, 60)));
    permit.close();
    permit.close();
    assertThat(limiter.open()).isZero();
    assertThat(remaining(granted(limiter.admit(key("a", 2))))).isEqualTo(0);
    assertThat(limiter.open()).isEqualTo(1);
  }

  @Test
  void agreesWithAListOfTimes() {
    Cases.times(
        300,
        random -> {
          Limiter limiter = new Limiter(nanos::get, Integer.MAX_VALUE, BUDGET);
          long origin = nanos.get();
          List<Long> counted = new ArrayList<>();
          int limit = random.nextInt(1, 30);
          for (int i = 0; i < 400; i++) {
            nanos.addAndGet(
                Cases.one(random, 0L, random.nextLong(8_000_000_000L), random.nextLong(90) << 30));
            limit = random.nextInt(20) == 0 ? random.nextInt(1, 30) : limit;
            long second = (nanos.get() - origin) / 1_000_000_000L;

            Admission admission = limiter.admit(key("a", limit));

            counted.removeIf(at -> at <= second - 60);
            if (counted.size() < limit) {
              counted.add(second);
              assertThat(remaining(granted(admission))).isEqualTo(limit - counted.size());
            } else {
              assertThat(admission).isEqualTo(refused(limit, wait(counted, second, limit)));
            }
          }
        });
  }

  @Test
  void forgetsIdleKeys() {
    Limiter limiter = new Limiter(nanos::get, Integer.MAX_VALUE, BUDGET);
    for (int i = 0; i < 1_000; i++) {
      granted(limiter.admit(key("key" + i, 1))).permit().close();
    }
    assertThat(limiter.remembered()).isEqualTo(1_000);
    seconds(59);
    granted(limiter.admit(key("late", 1))).permit().close();
    seconds(30);
    granted(limiter.admit(key("key0", 1))).permit().close();
    assertThat(limiter.remembered()).isEqualTo(2);
    assertThat(limiter.admit(key("late", 1))).isInstanceOf(Admission.Refused.class);
  }

  @Test
  void manyThreadsGetNoMoreThanTheLimits() throws Exception {
    int threads = 8;
    int tries = 20_000;
    Limiter limiter = new Limiter(nanos::get, 3, BUDGET);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Integer>> results = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        results.add(pool.submit(() -> grants(limiter, start, tries)));
      }
      start.countDown();
    }
    int all = 0;
    for (Future<Integer> result : results) {
      all += result.get(30, TimeUnit.SECONDS);
    }
    assertThat(all).isEqualTo(5_000);
    assertThat(limiter.open()).isZero();
  }

  /** Time stands still, so that every grant counts in one window. */
  private static int grants(Limiter limiter, CountDownLatch start, int tries) throws Exception {
    start.await();
    int grants = 0;
    for (int i = 0; i < tries; i++) {
      if (limiter.admit(key("shared", 5_000)) instanceof Admission.Granted granted) {
        assertThat(limiter.open()).isBetween(1, 3);
        granted.permit().close();
        grants++;
      }
    }
    return grants;
  }

  private static int wait(List<Long> counted, long second, int limit) {
    int seconds = 1;
    while (true) {
      long then = second + seconds;
      if (counted.stream().filter(at -> at > then - 60).count() < limit) {
        return seconds;
      }
      seconds++;
    }
  }

  private void seconds(double seconds) {
    nanos.addAndGet(Math.round(seconds * 1e9));
  }

  private static Admission.Granted granted(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Granted.class);
    return (Admission.Granted) admission;
  }

  /** By the key's own limit; nothing is left before its first request has gone. */
  private static Admission refused(int limit, int seconds) {
    var scope = new Scope(Scope.Level.KEY, "", "a", Limits.ofRequests(limit));
    var why = new ApiError.OfLimit(new LimitFault.Requests(scope, seconds));
    return new Admission.Refused(why, new Left(limit, 0, seconds));
  }

  static long remaining(Admission admission) {
    return Objects.requireNonNull(admission.requests()).remaining();
  }

  private static Key key(String id, int requestsPerMinute) {
    return new Key(id, "", "", requestsPerMinute, false);
  }
}
