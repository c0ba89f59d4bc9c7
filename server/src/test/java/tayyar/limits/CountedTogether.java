package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Usage;

/** Limiters that count as one, whatever keeps their counters. */
abstract class CountedTogether {
  private final List<Peer> peers = new ArrayList<>();
  private final String organisation = Peer.fresh();

  /** What a gateway of this name counts by. */
  abstract Shares counters(String gateway);

  /** Forgets all that was counted. */
  abstract void forget();

  /** What was counted of an organisation's requests becomes the minute before. */
  abstract void aMinuteLater(String organisation);

  /** The gateways that hold places of an organisation. */
  abstract long holders(String organisation);

  final Peer peer() {
    return peer(System::nanoTime);
  }

  private Peer peer(LongSupplier clock) {
    Peer peer = new Peer(this::counters, WhenAway.OPEN, clock).up();
    peers.add(peer);
    return peer;
  }

  /** A name that no other test has. */
  final String organisation() {
    return organisation;
  }

  /** A test that begins late in a minute would see the next one's cells. */
  @BeforeEach
  void early() {
    await().atMost(Duration.ofSeconds(40)).until(() -> System.currentTimeMillis() / 1000 % 60 < 35);
  }

  @AfterEach
  void close() {
    peers.forEach(Peer::close);
  }

  static Limits requests(int most) {
    return Limits.ofRequests(most);
  }

  private static Limits tokens(int most) {
    return new Limits(0, most, 0, 0, 0, 0);
  }

  private static Limits atOnce(int most) {
    return new Limits(0, 0, most, 0, 0, 0);
  }

  @Test
  void oneGatewayAdmitsWhatTheLimitSays() {
    Peer one = peer();
    Key key = Peer.key(organisation, requests(100));
    assertThat(one.in(key, 150)).isEqualTo(100);
    var refused = one.ask(key).out();
    assertThat(refused.code()).isEqualTo("rate_limit_exceeded");
    assertThat(refused.retryAfterSeconds()).isBetween(1, 120);
    assertThat(refused.message()).contains("organisation").contains("100 requests");
  }

  /** Clients wait as long by {@code Retry-After} as by {@code X-RateLimit-Reset-Requests}. */
  @Test
  void aRefusalSaysOneTime() {
    Peer one = peer();
    Peer other = peer();
    Key key = Peer.key(organisation, requests(5));
    assertThat(one.in(key, 5)).isEqualTo(5);
    assertThat(other.ask(key).isIn()).isFalse();
    var refused = (Admission.Refused) other.limiter().admit(key);
    var left = Objects.requireNonNull(refused.requests());
    assertThat(left.remaining()).isZero();
    int after = refused.error().retryAfterSeconds();
    assertThat(left.resetSeconds()).isBetween(after - 1, after);
  }

  /** Nothing of a small limit lies about unused. */
  @Test
  void aSmallLimitIsUsableFromAnyOfThree() {
    List<Peer> three = List.of(peer(), peer(), peer());
    Key key = Peer.key(organisation, requests(10));
    int in = 0;
    for (int i = 0; i < 10; i++) {
      in += three.get(i % 3).in(key, 1);
    }
    assertThat(in).isEqualTo(10);
    assertThat(three.stream().mapToInt(one -> one.in(key, 3)).sum()).isZero();

    Key other = Peer.key(Peer.fresh(), requests(10));
    assertThat(three.get(2).in(other, 12)).isEqualTo(10);
  }

  @Test
  void threeGatewaysWithManyThreadsGetNoMoreThanTheLimit() throws Exception {
    List<Peer> three = List.of(peer(), peer(), peer());
    Key key = Peer.key(organisation, requests(3_000));
    int in = 0;
    List<Future<Integer>> all = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(9)) {
      IntStream.range(0, 9).forEach(i -> all.add(pool.submit(() -> three.get(i % 3).in(key, 600))));
      for (Future<Integer> each : all) {
        in += each.get(60, TimeUnit.SECONDS);
      }
    }
    assertThat(in).isLessThanOrEqualTo(3_000);
    // What was leased ahead and not used comes back, so that all of it can be used.
    int[] sum = {in};
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              sum[0] += three.stream().mapToInt(one -> one.in(key, 100)).sum();
              return sum[0] >= 3_000;
            });
    assertThat(sum[0]).isEqualTo(3_000);
  }

  @Test
  void allLevelsOrNone() {
    Peer one = peer();
    Peer two = peer();
    Key wide = Peer.key(organisation, "a", requests(5), requests(2));
    assertThat(one.in(wide, 2)).isEqualTo(2);
    assertThat(two.in(wide, 5)).as("the organisation's are used up").isZero();
    Key alone = Peer.key(organisation, "a", requests(5), Limits.NONE);
    assertThat(two.in(alone, 9)).as("refused ones did not count at the key").isEqualTo(3);
  }

  @Test
  void tokensAreCorrectedAtTheEndForAll() {
    Peer one = peer();
    Peer two = peer();
    Key key = Peer.key(organisation, tokens(3_000));
    Permit first = one.ask(key, Peer.request(400, 900)).in();
    Permit second = two.ask(key, Peer.request(400, 900)).in();
    Permit third = one.ask(key, Peer.request(400, 900)).in();
    assertThat(two.ask(key, Peer.request(400, 900)).out().code()).isEqualTo("token_limit_exceeded");
    first.close(new Usage(100, 50, 0, false));
    await().until(() -> two.ask(key, Peer.request(400, 700)).isIn());
    second.close(new Usage(100, 900, 0, false));
    third.close();
    // 150 + 800 + 1000 by now, and a longer answer than was reserved.
    Permit longer = one.ask(key, Peer.request(400, 100)).in();
    longer.close(new Usage(100, 900, 0, false));
    await()
        .untilAsserted(
            () ->
                assertThat(two.ask(key, Peer.request(400, 100)).out().code())
                    .isEqualTo("token_limit_exceeded"));
  }

  @Test
  void placesAreCountedOverGateways() {
    Peer one = peer();
    Peer two = peer();
    Key key = Peer.key(organisation, atOnce(3));
    Permit first = one.ask(key).in();
    one.ask(key).in();
    Permit third = two.ask(key).in();
    assertThat(two.ask(key).out().code()).isEqualTo("too_many_requests_at_once");
    assertThat(one.ask(key).out().code()).isEqualTo("too_many_requests_at_once");
    first.close();
    await().until(() -> two.ask(key).isIn());
    third.close();
    await().until(() -> one.ask(key).isIn());
    assertThat(one.ask(key).isIn()).isFalse();
  }

  @Test
  void whoIsDeadHoldsNoPlaces() {
    Peer dead = new Peer(this::counters, WhenAway.OPEN, System::nanoTime).up();
    Peer two = peer();
    Key key = Peer.key(organisation, atOnce(2));
    dead.ask(key).in();
    two.ask(key).in();
    assertThat(two.ask(key).isIn()).isFalse();
    dead.kill();
    await().atMost(Duration.ofSeconds(20)).until(() -> two.ask(key).isIn());
    assertThat(two.ask(key).isIn()).isFalse();
  }

  /** It has places to tell of, and nobody to tell. */
  @Test
  void whoHasClosedItsCountersGoesOnAlone() {
    Peer one = new Peer(this::counters, WhenAway.OPEN, System::nanoTime).up();
    Key key = Peer.key(organisation, atOnce(2));
    one.ask(key).in();
    one.kill();
    assertThat(one.ask(key).isIn()).isTrue();
    one.limiter().tick();
    assertThat(one.shares().isAway()).isTrue();
  }

  @Test
  void countersThatForgotLearnOfThePlacesAgain() {
    Peer one = peer();
    Peer two = peer();
    Key key = Peer.key(organisation, atOnce(2));
    one.ask(key).in();
    one.ask(key).in();
    assertThat(two.ask(key).isIn()).isFalse();
    forget();
    await().atMost(Duration.ofSeconds(10)).until(() -> holders(organisation) == 1);
    assertThat(two.ask(key).isIn()).isFalse();
  }

  /** The minute before counts by the share of it that is not a minute old. */
  @Test
  void theMinuteBeforeCountsByItsShare() {
    Key key = Peer.key(organisation, requests(600));
    // It goes, or it would lease ahead of what becomes free.
    try (Peer one = new Peer(this::counters, WhenAway.OPEN, System::nanoTime).up()) {
      assertThat(one.in(key, 600)).isEqualTo(600);
    }
    Peer two = peer();
    assertThat(two.in(key, 1)).isZero();
    aMinuteLater(organisation);
    Peer three = peer();
    // Ten a second become free. What another has leased and not used comes back after a second.
    long began = System.currentTimeMillis();
    long minute = began - began % 60_000;
    int in = 0;
    long free;
    do {
      free = (System.currentTimeMillis() - minute) / 100;
      in += three.in(key, 600);
      assertThat((long) in).isLessThan((System.currentTimeMillis() - minute) / 100 + 10);
    } while (in <= free - 10 && System.currentTimeMillis() < began + 5_000);
    assertThat((long) in).isGreaterThan(free - 10);
    assertThat(three.ask(key).out().retryAfterSeconds()).isBetween(1, 120);
  }

  /**
   * The counters have a clock of their own: minutes of a gateway would be others at each of these.
   */
  @Test
  void clocksMayDiffer() {
    Peer behind = peer(() -> System.nanoTime() - 90_000_000_000L);
    Peer ahead = peer(() -> System.nanoTime() + 90_000_000_000L);
    Key key = Peer.key(organisation, requests(10));
    assertThat(behind.in(key, 6) + ahead.in(key, 6)).isEqualTo(10);
  }

  @Test
  void unusedUnitsComeBackFromAGatewayThatStops() {
    Peer one = new Peer(this::counters, WhenAway.OPEN, System::nanoTime).up();
    Peer two = peer();
    Key key = Peer.key(organisation, requests(2_000));
    int in = one.in(key, 500);
    await().until(() -> one.in(key, 20) == 20);
    one.close();
    assertThat(in).isEqualTo(500);
    assertThat(two.in(key, 2_000)).isGreaterThan(1_000);
  }

  /** A refusal is believed for a while, and not asked for again. */
  @Test
  void refusalsAreRemembered() {
    Peer one = peer();
    Peer two = peer();
    Key key = Peer.key(organisation, requests(3));
    assertThat(two.in(key, 3)).isEqualTo(3);
    assertThat(one.ask(key).isIn()).isFalse();
    long before = one.shares().contact().refusals();
    for (int i = 0; i < 50; i++) {
      assertThat(one.limiter().admit(key)).isInstanceOf(Admission.Refused.class);
    }
    assertThat(one.shares().contact().refusals()).isLessThanOrEqualTo(before + 1);
  }

  @Test
  void idleOrganisationsAreLeftInPeace() {
    Peer one = peer();
    Key key = Peer.key(organisation, new Limits(100, 10_000, 5, 0, 0, 0));
    one.ask(key, Peer.request(40, 10)).in().close(new Usage(10, 5, 0, false));
    await().until(() -> one.limiter().busy() == 0);
    assertThat(holders(organisation)).isZero();
  }
}
