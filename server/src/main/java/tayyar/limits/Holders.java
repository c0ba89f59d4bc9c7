package tayyar.limits;

import java.util.HashMap;
import java.util.Map;

/**
 * All holders of one organisation. It is the lock of them all: a request is counted at each level
 * or at none.
 */
final class Holders {
  private final Map<String, Holder> all = new HashMap<>();
  private boolean dropped;

  /** Returns the one of this id, as it is at this second. */
  Holder at(String id, long second) {
    Holder holder = all.get(id);
    if (holder == null) {
      holder = new Holder(second);
      all.put(id, holder);
    }
    holder.advance(second);
    return holder;
  }

  /** Whether it is out of use: a count here would be lost. */
  boolean dropped() {
    return dropped;
  }

  /** Forgets those that are idle; takes itself out of use where none is left, and says so. */
  boolean dropIdle(long second) {
    all.values().removeIf(holder -> holder.isIdle(second));
    dropped |= all.isEmpty();
    return dropped;
  }

  int size() {
    return all.size();
  }
}
