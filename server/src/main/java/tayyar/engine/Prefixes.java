package tayyar.engine;

import java.lang.foreign.MemorySegment;

/**
 * What of a prompt need not be computed: the beginning that a slot still holds, and the whole of it
 * where another answer of the same request has read it. Belongs to the engine's thread.
 */
final class Prefixes {
  private static final int SHARED_LEAST = 64;

  /** Copying moves the whole of a slot's memory: about what a token in two hundred costs. */
  private static final int CONTEXT_PER_TOKEN = 64;

  private final Llama llama;
  private final MemorySegment memory;
  private final boolean caching;
  private final int sharedLeast;

  /**
   * Knows of no prompt.
   *
   * @param caching whether requests get what others have left
   */
  Prefixes(Llama llama, MemorySegment memory, int contextTokens, boolean caching) {
    this.llama = llama;
    this.memory = memory;
    this.caching = caching;
    this.sharedLeast = Math.max(SHARED_LEAST, contextTokens / CONTEXT_PER_TOKEN);
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

  /** Tokens of a prompt that are in a slot and may be used. */
  int common(Slot slot, Generation wanted) {
    if (!isUsable(wanted)) {
      return 0;
    }
    boolean own = wanted.first != null && wanted.first.slot == slot;
    return caching || own ? slot.common(wanted) : 0;
  }

  /** Makes a slot hold as much of a prompt as there is, and nothing else; returns the tokens. */
  int keep(Slot slot, Generation wanted) {
    int common = common(slot, wanted);
    Slot other = wanted.first == null || !isUsable(wanted) ? null : wanted.first.slot;
    if (other != null && other != slot && other.common(wanted) - common >= sharedLeast) {
      llama.copy(memory, other.id, slot.id);
      slot.held.copy(other.held);
      common = other.common(wanted);
    }
    // The last token is computed again: its logits are what the answer begins with.
    int kept = Math.min(common, wanted.prompt.length - 1);
    if (!llama.forget(memory, slot.id, kept)) {
      llama.forget(memory, slot.id, 0);
      kept = 0;
    }
    slot.held.cutTo(kept);
    return kept;
  }
}
