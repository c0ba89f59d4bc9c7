package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.limits.WhenAway.Way;
import tayyar.redis.RedisAt;
import tayyar.redis.RedisShares;
import tayyar.testing.RedisServer;

/** A Redis that is not there, hangs, comes back, or does not let us in. */
@Tag("socket")
final class SharedLimitsAwayTest {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final WhenAway CLOSED = new WhenAway(Way.CLOSED, Way.CLOSED, Way.CLOSED);

  private final RedisServer redis = new RedisServer();
  private final List<Peer> peers = new ArrayList<>();
  private final String organisation = Peer.fresh();
  private final Key key = Peer.key(organisation, new Limits(10, 0, 20, 0, 0, 0));

  private Peer peer(RedisAt at, WhenAway whenAway) {
    Peer peer = new Peer(at, whenAway, System::nanoTime);
    peers.add(peer);
    return peer;
  }

  @AfterEach
  void close() {
    peers.forEach(Peer::close);
    redis.close();
  }

  private static void assertClosed(Peer peer, Key key) {
    var refused = peer.ask(key).out();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.code()).isEqualTo("limits_unavailable");
    assertThat(refused.retryAfterSeconds()).isPositive();
  }

  @Test
  void openLimitsAreEachGatewaysOwn() {
    assertThat(peer(redis.at(), WhenAway.OPEN).in(key, 15)).isEqualTo(10);
    assertThat(peer(redis.at(), WhenAway.OPEN).in(key, 15)).isEqualTo(10);
  }

  @Test
  void closedLimitsRefuseAndOthersDoNot() {
    Peer one = peer(redis.at(), new WhenAway(Way.OPEN, Way.OPEN, Way.CLOSED));
    assertClosed(one, key);
    Key other = Peer.key(Peer.fresh(), Limits.ofRequests(10));
    assertThat(one.ask(other).isIn()).isTrue();
  }

  @Test
  void itIsFoundWhenItComes() {
    Peer one = peer(redis.at(), CLOSED);
    assertClosed(one, key);
    redis.start();
    one.up();
    assertThat(one.ask(key).isIn()).isTrue();
  }

  @Test
  void aRestartIsNoticedAndGotOver() {
    redis.start();
    Peer one = peer(redis.at(), CLOSED).up();
    assertThat(one.in(key, 2)).isEqualTo(2);
    redis.stop();
    await().atMost(SOON).until(() -> one.shares().isAway());
    assertClosed(one, key);
    redis.start();
    one.up();
    assertThat(one.ask(key).isIn()).isTrue();
    String places = "HLEN tayyar:{" + organisation + "}:o:" + organisation;
    await().atMost(SOON).until(() -> redis.command(places).equals(":1"));
  }

  /** A request waits for a bounded time, and the next ones do not wait at all. */
  @Test
  void oneThatHangsHoldsNobodyUp() {
    redis.start();
    Peer one = peer(redis.at(), WhenAway.OPEN).up();
    assertThat(one.ask(key).isIn()).isTrue();
    redis.signal("STOP");
    assertThat(one.in(key, 15)).as("with the one before").isEqualTo(9);
    await().atMost(SOON).until(() -> one.shares().isAway());
    redis.signal("CONT");
    one.up();
    String counted = "HINCRBY tayyar:{" + organisation + "}:r:" + organisation + " c 0";
    await("all to be told").atMost(SOON).until(() -> redis.command(counted).equals(":10"));
  }

  @Test
  void wrongPasswordsAndReplicasCountNothing() {
    redis.start();
    assertThat(redis.command("CONFIG SET requirepass right")).isEqualTo("+OK");
    assertThat(RedisShares.flaw(redis.at("right"))).isEmpty();
    assertThat(RedisShares.flaw(redis.at("wrong"))).contains("WRONGPASS").doesNotContain("wrong");
    Peer one = peer(redis.at("wrong"), CLOSED);
    assertClosed(one, key);
    assertThat(peer(redis.at("right"), CLOSED).up().ask(key).isIn()).isTrue();
  }

  @Test
  void aReplicaCountsNothing() {
    try (RedisServer replica = new RedisServer("--replicaof", "127.0.0.1", "" + redis.port())) {
      redis.start();
      replica.start();
      assertThat(RedisShares.flaw(replica.at())).contains("READONLY");
    }
  }
}
