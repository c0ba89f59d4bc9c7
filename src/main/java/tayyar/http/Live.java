package tayyar.http;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tayyar.api.ApiError;
import tayyar.api.Outcome;
import tayyar.stream.Relay;

/** The requests under way. Safe for use by any thread. */
public final class Live {
  private final Map<Relay, EventLoop> relays = new ConcurrentHashMap<>();

  void add(Relay relay, EventLoop loop) {
    relays.put(relay, loop);
  }

  void remove(Relay relay) {
    relays.remove(relay);
  }

  /** How many there are. */
  public int count() {
    return relays.size();
  }

  /** Ends all requests of revoked keys with an error their clients are told. */
  public void revoke(Set<String> keyIds) {
    relays.forEach(
        (relay, loop) -> {
          if (keyIds.contains(relay.keyId())) {
            end(relay, loop, new Outcome.Failed(new ApiError.KeyRevoked()));
          }
        });
  }

  /** Ends all requests: the grace is over. */
  void drain() {
    relays.forEach((relay, loop) -> end(relay, loop, new Outcome.Draining()));
  }

  private static void end(Relay relay, EventLoop loop, Outcome outcome) {
    loop.execute(() -> relay.end(outcome));
  }
}
