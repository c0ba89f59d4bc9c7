package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tayyar.api.Limits;

/** When counters hear of organisations that hold places, and of nothing else. */
final class MomentsTest {
  private static final int MANY = 1000;
  private static final long TICK_NANOS = 50_000_000;

  /** Counters that grant all, at once, and keep who asked. */
  private static final class Heard implements Shares {
    private final Contact contact = new Contact("a test's");
    private final List<String> organisations = new ArrayList<>();

    @Override
    public void start(Runnable tick) {
      contact.tried(System.nanoTime());
    }

    @Override
    public Contact contact() {
      return contact;
    }

    @Override
    public void ask(Ask ask, Consumer<@Nullable Answer> then) {
      organisations.add(ask.organisation());
      List<Answer.Outcome> granted = new ArrayList<>();
      for (Ask.Wish wish : ask.wishes()) {
        granted.add(new Answer.Granted(wish.parts().stream().map(Ask.Part::need).toList()));
      }
      then.accept(new Answer(1, granted, ask.counters().stream().map(_ -> 0L).toList()));
    }

    @Override
    public void close() {
      contact.close();
    }
  }

  private final AtomicLong clock = new AtomicLong(7);
  private final Heard counters = new Heard();
  private final Peer gateway = new Peer(_ -> counters, WhenAway.OPEN, clock::get);
  private final Set<String> told = new HashSet<>();

  /** Returns the most that were told of in one of these ticks. */
  private int ticks(int count) {
    int most = 0;
    told.clear();
    for (int i = 0; i < count; i++) {
      counters.organisations.clear();
      clock.addAndGet(TICK_NANOS);
      gateway.limiter().tick();
      most = Math.max(most, counters.organisations.size());
      told.addAll(counters.organisations);
    }
    return most;
  }

  /** Thousands in one moment would be more than they answer in time, and all limits uncounted. */
  @Test
  void placesOfManyAreToldOneAfterTheOther() {
    for (int i = 0; i < MANY; i++) {
      gateway.ask(Peer.key(Peer.fresh(), new Limits(0, 0, 3, 0, 0, 0))).in();
    }
    ticks(40);
    assertThat(ticks(100)).as("in a tick of five seconds").isLessThan(5 * MANY / 100);
    assertThat(told).hasSize(MANY);

    counters.contact.gone("a test");
    ticks(20);
    assertThat(told).isEmpty();
    counters.contact.tried(System.nanoTime());
    assertThat(ticks(21)).as("in a tick of the first second").isLessThan(5 * MANY / 20);
    assertThat(told).hasSize(MANY);
    gateway.close();
  }
}
