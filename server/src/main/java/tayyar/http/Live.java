package tayyar.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tayyar.api.ApiError;
import tayyar.api.Outcome;
import tayyar.stream.Relay;

/** The requests under way. Safe for use by any thread. */
public final class Live {
  /** The relays by request id. */
  private final Map<String, Relay> relays = new ConcurrentHashMap<>();

  /** The number of requests whose bodies are awaited or parsed, or that wait for what they need. */
  private final AtomicInteger reading = new AtomicInteger();

  private volatile boolean drained;

  void reading(int more) {
    reading.addAndGet(more);
  }

  void add(Relay relay) {
    relays.put(relay.who().requestId(), relay);
    if (drained) {
      end(relay, new Outcome.Draining());
    }
  }

  void remove(Relay relay) {
    relays.remove(relay.who().requestId());
  }

  /** Returns their number. */
  public int count() {
    return relays.size() + reading.get();
  }

  /**
   * Ends all requests of keys that have become void, with an error that their clients see.
   *
   * @param faults by the keys' ids
   */
  public void end(Map<String, ApiError> faults) {
    for (Relay relay : relays.values()) {
      ApiError fault = faults.get(relay.who().keyId());
      if (fault != null) {
        end(relay, new Outcome.Failed(fault));
      }
    }
  }

  /** Ends all requests, once the grace is over; those too that begin from now on. */
  void drain() {
    drained = true;
    relays.values().forEach(relay -> end(relay, new Outcome.Draining()));
  }

  private static void end(Relay relay, Outcome outcome) {
    relay.loop().execute(() -> relay.end(outcome));
  }
}
