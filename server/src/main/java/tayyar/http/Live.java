package tayyar.http;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tayyar.api.ApiError;
import tayyar.api.Outcome;
import tayyar.stream.Relay;

/** The requests under way. Safe for use by any thread. */
public final class Live {
  /** The relays by request id. */
  private final Map<String, Relay> relays = new ConcurrentHashMap<>();

  /** The number of requests whose bodies are being parsed. */
  private final AtomicInteger reading = new AtomicInteger();

  void reading(int more) {
    reading.addAndGet(more);
  }

  void add(Relay relay) {
    relays.put(relay.who().requestId(), relay);
  }

  void remove(Relay relay) {
    relays.remove(relay.who().requestId());
  }

  /** Returns their number. */
  public int count() {
    return relays.size() + reading.get();
  }

  /** Ends all requests of revoked keys with an error that their clients see. */
  public void revoke(Set<String> keyIds) {
    for (Relay relay : relays.values()) {
      if (keyIds.contains(relay.who().keyId())) {
        end(relay, new Outcome.Failed(new ApiError.KeyRevoked()));
      }
    }
  }

  /** Ends all requests, once the grace is over. */
  void drain() {
    relays.values().forEach(relay -> end(relay, new Outcome.Draining()));
  }

  private static void end(Relay relay, Outcome outcome) {
    relay.loop().execute(() -> relay.end(outcome));
  }
}
