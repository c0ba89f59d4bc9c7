package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.Key;
import tayyar.testing.Cases;

class BudgetTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong buffers = new AtomicLong();
  private final Budget budget = new Budget(1000, buffers::get);
  private final Limiter limiter = new Limiter(nanos::get, 100, budget);

  private Permit permit(String key) {
    Key its = new Key(key, "", "", 1_000_000, false);
    return ((Admission.Granted) limiter.admit(its)).permit();
  }

  @Test
  void aKeyHasAQuarter() {
    Permit one = permit("a");
    Permit two = permit("a");
    assertThat(one.take(200)).isTrue();
    assertThat(two.take(51)).isFalse();
    assertThat(two.take(50)).isTrue();
    assertThat(permit("b").take(250)).isTrue();
    assertThat(budget.nobody().take(251)).isFalse();
    assertThat(budget.nobody().take(250)).isTrue();

    one.close();
    assertThat(two.take(200)).isTrue();
    assertThat(budget.held()).isEqualTo(750);
  }

  @Test
  void buffersOfSocketsCountIn() {
    buffers.set(900);
    Permit one = permit("a");
    assertThat(one.take(101)).isFalse();
    assertThat(one.take(100)).isTrue();
    assertThat(budget.tight()).isTrue();
    buffers.set(0);
    assertThat(budget.tight()).isFalse();
    assertThat(one.take(150)).isTrue();
  }

  @Test
  void refusedBytesAreNotTaken() {
    Permit one = permit("a");
    assertThat(one.take(1000)).isFalse();
    assertThat(budget.held()).isZero();
    try {
      one.need(1000);
    } catch (tayyar.api.Refused e) {
      assertThat(e.error()).isEqualTo(new ApiError.MemoryFull());
    }
  }

  @Test
  void nothingIsTakenOrGivenTwiceAfterTheEnd() {
    Permit one = permit("a");
    one.take(100);
    one.close();
    one.close();
    one.give(100);
    assertThat(one.take(1)).isFalse();
    assertThat(budget.held()).isZero();
    assertThat(limiter.open()).isZero();
  }

  /** A stream may be older than its key's window; its memory still counts. */
  @Test
  void aKeyIsNotForgottenWhileItHoldsSomething() {
    Permit old = permit("a");
    old.take(250);
    for (int minute = 0; minute < 5; minute++) {
      nanos.addAndGet(61_000_000_000L);
      permit("b").close();
    }
    assertThat(permit("a").take(1)).isFalse();
    old.close();
    assertThat(permit("a").take(250)).isTrue();
  }

  @Test
  void allIsGivenBackWhateverTheOrder() {
    Cases.times(
        200,
        random -> {
          var held = new ArrayList<Permit>();
          for (int step = 0; step < 200; step++) {
            held.add(permit("k" + random.nextInt(3)));
            act(held.get(random.nextInt(held.size())), random);
            if (held.size() > 8) {
              held.remove(random.nextInt(held.size())).close();
            }
            assertThat(budget.held()).isBetween(0L, 1000L);
          }
          held.forEach(Permit::close);
          assertThat(budget.held()).isZero();
        });
  }

  private static void act(Permit permit, RandomGenerator random) {
    int bytes = random.nextInt(100);
    if (permit.take(bytes) && random.nextBoolean()) {
      permit.give(bytes);
    }
  }
}
