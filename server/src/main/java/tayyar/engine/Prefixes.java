package tayyar.engine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a prompt need not be computed: the beginning that a slot still holds or that is on the
 * {@link Shelf}, and the whole of it where another answer of the same request has read it. Belongs
 * to the engine's thread.
 */
final class Prefixes {
  private static final int SHARED_LEAST = 64;

  /** Copying moves the whole of a slot's memory: about what a token in two hundred costs. */
  private static final int CONTEXT_PER_TOKEN = 64;

  private final Llama llama;
  private final MemorySegment memory;
  private final boolean caching;
  private final boolean whole;
  private final int sharedLeast;
  private final Shelf shelf;

  /**
   * Knows of no prompt.
   *
   * @param caching whether requests get what others have left
   * @param whole whether the model's memory can't be cut: what is held is of use as a whole only
   */
  Prefixes(
      Llama llama,
      MemorySegment memory,
      int contextTokens,
      boolean caching,
      boolean whole,
      Shelf shelf) {
    this.llama = llama;
    this.memory = memory;
    this.caching = caching;
    this.whole = whole;
    this.sharedLeast = Math.max(SHARED_LEAST, contextTokens / CONTEXT_PER_TOKEN);
    this.shelf = shelf;
  }

  /** Whether an answer's prompt will be there once another one has read it. */
  boolean awaits(Generation generation) {
    Generation first = generation.first;
    return first != null
        && !first.hasRead
        && isUsable(generation)
        && generation.prompt.length > sharedLeast;
  }

  /** Whether nothing is told of the prompt's tokens, for which all of it must be computed. */
  private static boolean isUsable(Generation generation) {
    return generation.toldOfPrompt() == null;
  }

  /**
   * The idle slot that holds most of the prompt's beginning, unless more of it is on the shelf;
   * among equals, the one idle longest. Null where none is idle.
   */
  @Nullable Slot best(List<Slot> slots, Generation next) {
    Slot best = null;
    Slot oldest = null;
    int longest = -1;
    for (Slot slot : slots) {
      if (slot.idle()) {
        boolean older = oldest == null || slot.idleSince < oldest.idleSince;
        oldest = older ? slot : oldest;
        int common = common(slot, next);
        // A template's first words are no reason to displace a conversation.
        common = common < Shelf.LEAST && displaces(slot, common) ? 0 : common;
        if (best == null
            || common > longest
            || (common == longest && slot.idleSince < best.idleSince)) {
          best = slot;
          longest = common;
        }
      }
    }
    return best != null && isShelved(next, longest) ? oldest : best;
  }

  private static boolean displaces(Slot slot, int kept) {
    return slot.held.size() > 2 * kept;
  }

  /** Whether enough more of a prompt is on the shelf than in a slot. */
  private boolean isShelved(Generation wanted, int common) {
    return caching
        && isUsable(wanted)
        && Math.min(shelf.common(wanted), wanted.prompt.length - 1) - common >= Shelf.LEAST;
  }

  /** Tokens of a prompt that are in a slot and may be used. */
  private int common(Slot slot, Generation wanted) {
    if (!isUsable(wanted)) {
      return 0;
    }
    boolean own = wanted.first != null && wanted.first.slot == slot;
    return caching || own ? cut(slot, wanted) : 0;
  }

  private int cut(Slot slot, Generation wanted) {
    int common = slot.common(wanted);
    boolean isCut = common < slot.held.size() || common == wanted.prompt.length;
    return whole && isCut ? 0 : common;
  }

  /**
   * Puts what one of the idle slots holds on the shelf where there is room, so that whoever takes
   * that slot need not wait for it; returns false if there was nothing to put there.
   */
  boolean keepOne(List<Slot> slots) {
    for (Slot slot : slots) {
      if (caching && slot.idle() && shelf.putBeside(slot)) {
        return true;
      }
    }
    return false;
  }

  /** Makes a slot hold as much of a prompt as there is, and nothing else; returns the tokens. */
  int keep(Slot slot, Generation wanted) {
    int common = common(slot, wanted);
    boolean shelved = isShelved(wanted, common);
    if (shelved) {
      shelf.prefer(wanted);
    }
    if (caching && displaces(slot, common)) {
      shelf.put(slot);
    }
    if (shelved && isShelved(wanted, common)) {
      shelf.take(slot, wanted, common);
      slot.salt = wanted.salt;
      common = common(slot, wanted);
    }
    Slot other = wanted.first == null || !isUsable(wanted) ? null : wanted.first.slot;
    if (other != null && other != slot && cut(other, wanted) - common >= sharedLeast) {
      llama.copy(memory, other.id, slot.id);
      slot.held.copy(other.held);
      common = cut(other, wanted);
    }
    // The last token is computed again: its logits are what the answer begins with.
    int kept = Math.min(common, wanted.prompt.length - 1);
    if (!llama.forget(memory, slot.id, kept)) {
      llama.forget(memory, slot.id, 0);
      kept = 0;
    }
    slot.held.cutTo(kept);
    slot.salt = wanted.salt;
    return kept;
  }
}
