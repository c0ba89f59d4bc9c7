package tayyar.responses;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;

/** The responses that this process answers in the background. Thread-safe. */
final class Runs {
  private final Map<String, Running> all = new ConcurrentHashMap<>();

  void add(Running one) {
    all.put(one.id(), one);
  }

  void remove(Running one) {
    all.remove(one.id(), one);
  }

  /** Finds one of an organisation's; null where it has none of this id. */
  @Nullable Running find(String organisationId, String id) {
    Running one = all.get(id);
    return one != null && one.organisationId().equals(organisationId) ? one : null;
  }

  /** Ends all readers whose keys have become void, by their ids. */
  void end(Map<String, ApiError> faults) {
    all.values().forEach(one -> one.end(faults));
  }

  /** Cancels one, if it still runs. */
  void cancel(String id) {
    Running one = all.get(id);
    if (one != null) {
      one.cancel();
    }
  }
}
