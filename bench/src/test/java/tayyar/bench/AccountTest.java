package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;

/** Whether what a measurement counts is what was there, in front of a simulator. */
@Tag("socket")
@Timeout(60)
final class AccountTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String HELD = "x [[hold@0]]";

  @RegisterExtension private final Counting simulator = new Counting();

  /** One user's answer is held while the other has many. */
  @Test
  void whatIsOverIsNotUnderWayThoughAnOlderRequestIs() throws InterruptedException {
    var draft = simulator.draft();
    draft.arrivals = new Arrivals.ClosedLoop(2);
    draft.requests = 0;
    draft.duration = Duration.ofHours(1);
    draft.answer = "1";
    draft.prompts = new ArrayList<>(Collections.nCopies(1_000_000, "x"));
    draft.prompts.set(0, HELD);
    Queue<Integer> underWay = new ConcurrentLinkedQueue<>();
    List<Bench> own = new ArrayList<>();
    BenchProgress looks =
        now -> {
          underWay.add(now.underWay());
          if (underWay.size() == 6) {
            own.getFirst().stop();
          }
        };
    own.add(new Bench(draft.plan(), looks));
    Run.Side side = own.getFirst().run().sides().getFirst();

    assertThat(side.all().completed()).isGreaterThan(1);
    assertThat(underWay).allSatisfy(count -> assertThat(count).isBetween(0, 2));
  }

  /** All of the first round fail, and all of the second wait until that was looked at. */
  @Test
  void progressCountsWhatFailedOnce() throws InterruptedException {
    var draft = simulator.draft();
    draft.rounds = 2;
    draft.requests = 8;
    draft.prompts = new ArrayList<>(Collections.nCopies(4, "x [[status=500]]"));
    draft.prompts.addAll(Collections.nCopies(4, HELD));
    var allHeld = new CountDownLatch(1);
    var looked = new CountDownLatch(1);
    Queue<Double> done = new ConcurrentLinkedQueue<>();
    BenchProgress looks =
        now -> {
          if (allHeld.getCount() == 0) {
            done.add(now.done());
            looked.countDown();
          }
        };
    Thread.startVirtualThread(() -> holdTheLastFour(allHeld, looked));
    Run.Side side = new Bench(draft.plan(), looks).run().sides().getFirst();

    assertThat(side.all().failed()).isEqualTo(4);
    assertThat(side.all().completed()).isEqualTo(4);
    assertThat(done.peek()).isEqualTo(0.5);
  }

  private void holdTheLastFour(CountDownLatch allHeld, CountDownLatch looked) {
    List<ReceivedRequest> held = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ReceivedRequest received = simulator.its().next(SOON);
      if (i >= 4) {
        received.awaitHeld(SOON);
        held.add(received);
      }
    }
    allHeld.countDown();
    try {
      looked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    held.forEach(ReceivedRequest::release);
  }

  @Test
  void aQuietEndOfATurnCounts() throws InterruptedException {
    for (int rounds : new int[] {1, 6}) {
      var draft = simulator.draft();
      draft.arrivals = new Arrivals.OpenLoop(10, false);
      draft.requests = 0;
      draft.duration = Duration.ofMillis(600);
      draft.rounds = rounds;
      Run.Side side = draft.side();

      assertThat(side.failures()).isEmpty();
      assertThat(side.seconds()).isCloseTo(0.6, within(1e-6));
      assertThat(side.blocks().stream().mapToDouble(Run.Block::seconds).sum())
          .isCloseTo(0.6, within(1e-6));
      assertThat(side.series().stream().mapToDouble(Run.Point::seconds).sum())
          .isCloseTo(0.6, within(1e-6));
    }
  }

  @Test
  void aScriptGoesWithMessagesOfAFileToo() throws InterruptedException {
    var draft = simulator.draft();
    draft.script = "numbered nodone";
    draft.prompts =
        List.of(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]},"
                + "{\"role\":\"assistant\",\"content\":null}]}");
    simulator.its().script(Script.of(""));
    Run.Side side = draft.side();

    assertThat(side.failures()).isEmpty();
    assertThat(side.flaws()).containsOnlyKeys("no_done");
    assertThat(side.all().completionTokens()).isEqualTo(40 * 20);
  }
}
