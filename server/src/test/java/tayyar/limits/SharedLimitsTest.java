package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.api.Key;
import tayyar.redis.RedisShares;
import tayyar.testing.RedisServer;

/** Limiters that count as one over a real redis-server. */
@Tag("socket")
final class SharedLimitsTest extends CountedTogether {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  @Override
  Shares counters(String gateway) {
    return RedisShares.of(REDIS.at(), gateway);
  }

  @Override
  void forget() {
    assertThat(REDIS.command("FLUSHALL")).isEqualTo("+OK");
  }

  @Override
  void aMinuteLater(String organisation) {
    String key = "tayyar:{" + organisation + "}:r:" + organisation;
    assertThat(REDIS.command("HINCRBY " + key + " s -1")).startsWith(":");
  }

  @Override
  long holders(String organisation) {
    String key = "tayyar:{" + organisation + "}:o:" + organisation;
    return Long.parseLong(REDIS.command("HLEN " + key).substring(1));
  }

  @Test
  void unknownScriptsAreSentAgain() {
    Peer one = peer();
    Key key = Peer.key(organisation(), requests(5));
    assertThat(one.in(key, 1)).isEqualTo(1);
    assertThat(REDIS.command("SCRIPT FLUSH")).isEqualTo("+OK");
    assertThat(one.in(key, 9)).isEqualTo(4);
    assertThat(one.shares().isAway()).isFalse();
  }
}
