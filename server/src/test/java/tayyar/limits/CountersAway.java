package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.limits.WhenAway.Way;

/** Counters that are not there, hang, or come back. */
abstract class CountersAway {
  static final Duration SOON = Duration.ofSeconds(15);
  static final WhenAway CLOSED = new WhenAway(Way.CLOSED, Way.CLOSED, Way.CLOSED);

  private final List<Peer> peers = new ArrayList<>();
  final String organisation = Peer.fresh();
  final Key key = Peer.key(organisation, new Limits(10, 0, 20, 0, 0, 0));

  /** What a gateway of this name counts by; what keeps it does not run yet. */
  abstract Shares counters(String gateway);

  /** Starts what keeps them. */
  abstract void start();

  /** Stops it, with all that it knows. */
  abstract void stop();

  /** Lets it stand still, or go on. */
  abstract void pause(boolean still);

  /** The gateways that hold places of an organisation. */
  abstract long holders(String organisation);

  /** What was counted of an organisation's requests. */
  abstract long requests(String organisation);

  final Peer peer(WhenAway whenAway) {
    return peer(this::counters, whenAway);
  }

  final Peer peer(Function<String, Shares> counters, WhenAway whenAway) {
    Peer peer = new Peer(counters, whenAway, System::nanoTime);
    peers.add(peer);
    return peer;
  }

  /** Ends what keeps them; the gateways are gone. */
  abstract void end();

  @AfterEach
  final void leave() {
    peers.forEach(Peer::close);
    end();
  }

  static void assertClosed(Peer peer, Key key) {
    var refused = peer.ask(key).out();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.code()).isEqualTo("limits_unavailable");
    assertThat(refused.retryAfterSeconds()).isPositive();
  }

  @Test
  void openLimitsAreEachGatewaysOwn() {
    assertThat(peer(WhenAway.OPEN).in(key, 15)).isEqualTo(10);
    assertThat(peer(WhenAway.OPEN).in(key, 15)).isEqualTo(10);
  }

  @Test
  void closedLimitsRefuseAndOthersDoNot() {
    Peer one = peer(new WhenAway(Way.OPEN, Way.OPEN, Way.CLOSED));
    assertClosed(one, key);
    Key other = Peer.key(Peer.fresh(), Limits.ofRequests(10));
    assertThat(one.ask(other).isIn()).isTrue();
  }

  @Test
  void itIsFoundWhenItComes() {
    Peer one = peer(CLOSED);
    assertClosed(one, key);
    start();
    one.up();
    assertThat(one.ask(key).isIn()).isTrue();
  }

  @Test
  void aRestartIsNoticedAndGotOver() {
    start();
    Peer one = peer(CLOSED).up();
    assertThat(one.in(key, 2)).isEqualTo(2);
    stop();
    await().atMost(SOON).until(() -> one.shares().isAway());
    assertClosed(one, key);
    start();
    one.up();
    assertThat(one.ask(key).isIn()).isTrue();
    await().atMost(SOON).until(() -> holders(organisation) == 1);
  }

  /** A request waits for a bounded time, and the next ones do not wait at all. */
  @Test
  void oneThatHangsHoldsNobodyUp() {
    start();
    Peer one = peer(WhenAway.OPEN).up();
    assertThat(one.ask(key).isIn()).isTrue();
    pause(true);
    assertThat(one.in(key, 15)).as("with the one before").isEqualTo(9);
    await().atMost(SOON).until(() -> one.shares().isAway());
    pause(false);
    one.up();
    await("all to be told").atMost(SOON).until(() -> requests(organisation) == 10);
  }
}
