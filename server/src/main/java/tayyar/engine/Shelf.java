package tayyar.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prompts with their answers, kept in the machine's memory up to a number of bytes for when no slot
 * holds them any longer: the one that was not wanted for longest goes first. Belongs to the
 * engine's thread.
 */
final class Shelf {
  /** Fewer tokens are computed again sooner than they are found. */
  static final int LEAST = 64;

  /** What one slot held. */
  record Kept(String salt, Tokens tokens, MemorySegment state) {
    long bytes() {
      return state.byteSize() + (long) Integer.BYTES * tokens.size();
    }
  }

  private final States states;
  private final long bytesMax;
  private final boolean whole;

  /** The one wanted last is the last one. */
  private final List<Kept> all = new ArrayList<>();

  private long bytes;
  private volatile Engine.Shelved stats = new Engine.Shelved(0, 0, 0);

  /**
   * Keeps nothing yet.
   *
   * @param bytesMax 0 keeps nothing ever
   * @param whole whether the model's memory is of use only where all of it is the prompt's
   */
  Shelf(States states, long bytesMax, boolean whole) {
    this.states = states;
    this.bytesMax = bytesMax;
    this.whole = whole;
  }

  /** What came of it so far; safe for any thread. */
  Engine.Shelved stats() {
    return stats;
  }

  /** Tokens at a prompt's beginning that are kept. */
  int common(Generation wanted) {
    Kept best = best(wanted);
    return best == null ? 0 : common(best, wanted);
  }

  /** What is to be taken goes last. */
  @Nullable Kept prefer(Generation wanted) {
    Kept best = best(wanted);
    if (best != null) {
      all.remove(best);
      all.add(best);
    }
    return best;
  }

  private @Nullable Kept best(Generation wanted) {
    Kept best = null;
    int longest = 0;
    for (Kept kept : all) {
      int common = common(kept, wanted);
      if (common > longest) {
        best = kept;
        longest = common;
      }
    }
    return best;
  }

  private int common(Kept kept, Generation wanted) {
    if (!kept.salt.equals(wanted.salt)) {
      return 0;
    }
    int most = whole ? wanted.prompt.length - 1 : wanted.prompt.length;
    int common = kept.tokens.commonPrefix(wanted.prompt, most);
    return whole && common < kept.tokens.size() ? 0 : common;
  }

  /** Keeps what a slot holds, which is about to go from it. */
  void put(Slot slot) {
    if (isWorthIt(slot) && !prefer(slot)) {
      long wanted = bytes(slot);
      forgetBeginnings(slot);
      while (bytes + wanted > bytesMax) {
        forget(0);
      }
      copy(slot);
    }
  }

  /**
   * Keeps what a slot holds and goes on holding, where that makes nothing else go; returns whether
   * it is kept from now on.
   */
  boolean putBeside(Slot slot) {
    if (!isWorthIt(slot) || indexOf(slot) >= 0 || bytes + bytes(slot) > bytesMax) {
      return false;
    }
    forgetBeginnings(slot);
    return copy(slot);
  }

  private boolean isWorthIt(Slot slot) {
    return slot.held.size() >= LEAST && bytesMax > 0 && bytes(slot) <= bytesMax;
  }

  private long bytes(Slot slot) {
    return states.bytes(slot.id) + (long) Integer.BYTES * slot.held.size();
  }

  private boolean copy(Slot slot) {
    MemorySegment state = states.copy(slot.id, states.bytes(slot.id));
    boolean made = !state.equals(MemorySegment.NULL);
    if (made) {
      Tokens tokens = new Tokens();
      tokens.copy(slot.held);
      var kept = new Kept(slot.salt, tokens, state);
      all.add(kept);
      bytes += kept.bytes();
    }
    tell(0, 0);
    return made;
  }

  private void tell(int hits, int tokens) {
    Engine.Shelved before = stats;
    stats = new Engine.Shelved(before.hits() + hits, before.tokens() + tokens, bytes);
  }

  /** What is there for a slot goes last; false where nothing is. */
  private boolean prefer(Slot slot) {
    int index = indexOf(slot);
    if (index >= 0) {
      all.add(all.remove(index));
    }
    return index >= 0;
  }

  /** Where all that a slot holds is kept; -1 where it is not. */
  private int indexOf(Slot slot) {
    for (int i = 0; i < all.size(); i++) {
      Kept kept = all.get(i);
      boolean same = !whole || kept.tokens.size() == slot.held.size();
      if (same
          && kept.salt.equals(slot.salt)
          && kept.tokens.commonPrefix(slot.held) == slot.held.size()) {
        return i;
      }
    }
    return -1;
  }

  /** Those that a slot's longer one makes needless, but for a few tokens. */
  private void forgetBeginnings(Slot slot) {
    for (int i = all.size() - 1; i >= 0; i--) {
      Kept kept = all.get(i);
      int common = kept.tokens.commonPrefix(slot.held);
      if (!whole && common > kept.tokens.size() - LEAST && kept.salt.equals(slot.salt)) {
        forget(i);
      }
    }
  }

  /**
   * Gives a slot the longest beginning of a prompt that is kept, in the place of all that it held.
   *
   * @param before tokens that it held of the prompt
   */
  void take(Slot slot, Generation wanted, int before) {
    Kept kept = prefer(wanted);
    slot.held.cutTo(0);
    if (kept == null) {
      return;
    }
    if (states.restore(kept.state, slot.id, kept.tokens.size())) {
      slot.held.copy(kept.tokens);
      tell(1, common(kept, wanted) - before);
    } else {
      forget(all.size() - 1);
      tell(0, 0);
    }
  }

  private void forget(int index) {
    Kept gone = all.remove(index);
    bytes -= gone.bytes();
    states.free(gone.state);
  }

  /** Gives all memory back. */
  void clear() {
    while (!all.isEmpty()) {
      forget(all.size() - 1);
    }
  }
}
