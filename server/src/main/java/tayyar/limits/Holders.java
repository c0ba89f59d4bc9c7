package tayyar.limits;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All holders of one organisation. It is the lock of them all: a request is counted at each level
 * or at none.
 */
final class Holders {
  private final Map<String, Holder> all = new HashMap<>();
  private final @Nullable Turn turn;
  private boolean dropped;

  /**
   * None yet.
   *
   * @param sharing counts together with other gateways; null where this one counts alone
   */
  Holders(String organisation, @Nullable Sharing sharing) {
    this.turn = sharing == null ? null : new Turn(organisation, sharing, this);
  }

  /** What is asked of the counters that gateways share; null where this one counts alone. */
  @Nullable Turn turn() {
    return turn;
  }

  /** Returns the one of this id, as it is at this second. */
  Holder at(String id, long second) {
    Holder holder = all.get(id);
    if (holder == null) {
      holder = new Holder(id, second, turn != null);
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
    dropped |= all.isEmpty() && (turn == null || turn.isIdle());
    return dropped;
  }

  int size() {
    return all.size();
  }
}
