package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tayyar.api.Batcher.Pace;

final class BatcherTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration NEVER = Pace.NEVER;

  private final List<List<Integer>> groups = new CopyOnWriteArrayList<>();
  private final AtomicInteger ends = new AtomicInteger();

  /** Keeps all groups, empty ones included; a test may hold the first one up. */
  private final class Keeping implements Batcher.Work<Integer> {
    private final CountDownLatch held;

    Keeping(int holds) {
      held = new CountDownLatch(holds);
    }

    @Override
    public void group(List<Integer> group) {
      groups.add(List.copyOf(group));
      boolean waits = true;
      while (waits) {
        try {
          held.await();
          waits = false;
        } catch (InterruptedException e) {
          // Only the test releases it.
        }
      }
    }

    @Override
    public void end() {
      ends.incrementAndGet();
    }
  }

  private Batcher<Integer> started(Pace pace, Keeping work) {
    var batcher = new Batcher<>("batcher", pace, work);
    batcher.start();
    return batcher;
  }

  private static void offer(Batcher<Integer> to, int from, int count) {
    IntStream.range(from, from + count).forEach(i -> assertThat(to.offer(i)).isTrue());
  }

  private List<Integer> all() {
    return groups.stream().flatMap(List::stream).toList();
  }

  @Test
  void aFewGatherForTheirTime() {
    var batcher = started(new Pace(10, 10, 10, Duration.ofMillis(300), NEVER), new Keeping(0));
    offer(batcher, 0, 3);
    await().until(() -> batcher.waiting() == 0);
    assertThat(groups.getFirst()).containsExactly(0, 1, 2);
    assertThat(batcher.close(SOON)).isEmpty();
  }

  @Test
  void enoughAreDealtWithAtOnce() {
    var batcher = started(new Pace(10, 3, 10, Duration.ofDays(1), NEVER), new Keeping(0));
    offer(batcher, 0, 3);
    await().until(() -> all().size() == 3);
    // After a group the thread waits differently than at first.
    await().until(() -> batcher.waiting() == 0);
    offer(batcher, 3, 3);
    await().until(() -> all().size() == 6);
    assertThat(batcher.close(SOON)).isEmpty();
    assertThat(ends).hasValue(1);
  }

  @Test
  void enoughThatCameDuringTheWorkFollowItAtOnce() {
    var work = new Keeping(1);
    var batcher = started(new Pace(100, 3, 4, Duration.ofDays(1), NEVER), work);
    offer(batcher, 0, 3);
    await().until(() -> groups.size() == 1);
    offer(batcher, 3, 9);
    assertThat(batcher.waiting()).isEqualTo(12);
    work.held.countDown();
    await().until(() -> batcher.waiting() == 1);
    assertThat(groups).allSatisfy(group -> assertThat(group).hasSizeLessThanOrEqualTo(4));
    assertThat(batcher.close(SOON)).isEmpty();
    assertThat(all()).containsExactlyElementsOf(IntStream.range(0, 12).boxed().toList());
  }

  @Test
  void refusesAboveTheBound() {
    var work = new Keeping(1);
    var batcher = started(new Pace(5, 1, 5, Duration.ofMillis(1), NEVER), work);
    offer(batcher, 0, 1);
    await().until(() -> groups.size() == 1);
    offer(batcher, 1, 4);
    assertThat(batcher.offer(5)).as("with the one at work there are five").isFalse();
    assertThat(batcher.waiting()).isEqualTo(5);
    work.held.countDown();
    await().until(() -> batcher.waiting() == 0);
    offer(batcher, 5, 1);
    assertThat(batcher.close(SOON)).isEmpty();
    assertThat(all()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void theWorkIsCalledAlsoWhereNothingComes() {
    var pace = new Pace(5, 5, 5, Duration.ofMillis(1), Duration.ofMillis(1));
    var batcher = started(pace, new Keeping(0));
    await().until(() -> groups.size() > 3);
    assertThat(all()).isEmpty();
    assertThat(batcher.close(SOON)).isEmpty();
  }

  @Test
  void theEndDoesNotWaitForAStuckWorkAndKeepsTheInterruptOfItsCaller() {
    var work = new Keeping(1);
    var batcher = started(new Pace(5, 1, 1, Duration.ofDays(1), NEVER), work);
    offer(batcher, 0, 2);
    await().until(() -> groups.size() == 1);
    Thread.currentThread().interrupt();
    assertThat(batcher.close(Duration.ofMillis(50))).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ends).hasValue(0);
    work.held.countDown();
    await().until(() -> ends.get() == 1);
    assertThat(all()).containsExactly(0, 1);
    assertThat(batcher.offer(2)).as("behind the end").isFalse();
    assertThat(batcher.waiting()).isZero();
  }

  @Test
  void nothingIsLostOrTwiceWhereManyOfferAndItEndsMeanwhile() throws InterruptedException {
    for (int round = 0; round < 50; round++) {
      groups.clear();
      var batcher =
          started(new Pace(1_000_000, 64, 256, Duration.ofMillis(1), NEVER), new Keeping(0));
      List<Integer> refused = new CopyOnWriteArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int from = t * 500;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () ->
                        IntStream.range(from, from + 500)
                            .filter(i -> !batcher.offer(i))
                            .forEach(refused::add)));
      }
      await().pollDelay(Duration.ZERO).until(() -> batcher.waiting() > 0 || !groups.isEmpty());
      List<Integer> left = batcher.close(SOON);
      for (Thread thread : threads) {
        thread.join();
      }
      List<Integer> each = new ArrayList<>(all());
      each.addAll(refused);
      each.addAll(left);
      assertThat(each)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 2_000).boxed().toList());
      assertThat(batcher.waiting()).isZero();
    }
  }
}
