package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.redis.RedisShares;
import tayyar.testing.RedisServer;

/** A Redis that is not there, hangs, comes back, or does not let us in. */
@Tag("socket")
final class SharedLimitsAwayTest extends CountersAway {
  private final RedisServer redis = new RedisServer();

  @Override
  Shares counters(String gateway) {
    return RedisShares.of(redis.at(), gateway);
  }

  @Override
  void start() {
    redis.start();
  }

  @Override
  void stop() {
    redis.stop();
  }

  @Override
  void end() {
    redis.close();
  }

  @Override
  void pause(boolean still) {
    redis.signal(still ? "STOP" : "CONT");
  }

  @Override
  long holders(String organisation) {
    return number("HLEN tayyar:{" + organisation + "}:o:" + organisation);
  }

  @Override
  long requests(String organisation) {
    return number("HINCRBY tayyar:{" + organisation + "}:r:" + organisation + " c 0");
  }

  private long number(String command) {
    return Long.parseLong(redis.command(command).substring(1));
  }

  @Test
  void wrongPasswordsCountNothing() {
    redis.start();
    assertThat(redis.command("CONFIG SET requirepass right")).isEqualTo("+OK");
    assertThat(RedisShares.flaw(redis.at("right"))).isEmpty();
    assertThat(RedisShares.flaw(redis.at("wrong"))).contains("WRONGPASS").doesNotContain("wrong");
    Peer one = peer(gateway -> RedisShares.of(redis.at("wrong"), gateway), CLOSED);
    assertClosed(one, key);
    Peer two = peer(gateway -> RedisShares.of(redis.at("right"), gateway), CLOSED);
    assertThat(two.up().ask(key).isIn()).isTrue();
  }

  @Test
  void aReplicaCountsNothing() {
    try (RedisServer replica = new RedisServer("--replicaof", "127.0.0.1", "" + redis.port())) {
      redis.start();
      replica.start();
      assertThat(RedisShares.flaw(replica.at())).contains("READONLY");
    }
  }

  @Test
  void whereNobodyListensIsSaidInWords() {
    assertThat(RedisShares.flaw(redis.at()))
        .isEqualTo(redis.at() + " does not count limits: Connection refused");
  }
}
