package tayyar.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prompts with their answers that no slot holds any longer, kept in the machine's memory up to a
 * number of bytes: the one that was not wanted for longest goes first. Belongs to the engine's
 * thread.
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
    int size = slot.held.size();
    if (size < LEAST || bytesMax == 0) {
      return;
    }
    long each = states.bytes(slot.id);
    Tokens tokens = new Tokens();
    tokens.copy(slot.held);
    if (each + (long) Integer.BYTES * size > bytesMax || isThere(slot.salt, tokens)) {
      return;
    }
    forgetBeginnings(slot.salt, tokens);
    while (bytes + each + (long) Integer.BYTES * size > bytesMax) {
      forget(0);
    }
    MemorySegment state = states.copy(slot.id, each);
    if (!state.equals(MemorySegment.NULL)) {
      var kept = new Kept(slot.salt, tokens, state);
      all.add(kept);
      bytes += kept.bytes();
    }
    tell(0, 0);
  }

  private void tell(int hits, int tokens) {
    Engine.Shelved before = stats;
    stats = new Engine.Shelved(before.hits() + hits, before.tokens() + tokens, bytes);
  }

  private boolean isThere(String salt, Tokens tokens) {
    for (int i = 0; i < all.size(); i++) {
      Kept kept = all.get(i);
      boolean same = !whole || kept.tokens.size() == tokens.size();
      if (same && kept.salt.equals(salt) && kept.tokens.commonPrefix(tokens) == tokens.size()) {
        all.add(all.remove(i));
        return true;
      }
    }
    return false;
  }

  /** Those that a longer one makes needless, but for a few tokens. */
  private void forgetBeginnings(String salt, Tokens tokens) {
    for (int i = all.size() - 1; i >= 0; i--) {
      Kept kept = all.get(i);
      boolean needless = !whole && kept.tokens.commonPrefix(tokens) > kept.tokens.size() - LEAST;
      if (needless && kept.salt.equals(salt)) {
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
