package tayyar.engine;

import org.jspecify.annotations.Nullable;

/**
 * A place in the context where one answer is made, with the tokens its part of the memory holds.
 * Belongs to the engine's thread.
 */
final class Slot {
  final int id;
  final Tokens held = new Tokens();

  /** The salt of its tokens: requests with another salt neither use them nor learn of them. */
  String salt = "";

  @Nullable Generation generation;

  /** Tokens of the prompt that are in the memory; all of them once decoding. */
  int promptDone;

  /** The token chosen last, not yet in the memory; -1 while the prompt is being read. */
  int next = -1;

  /** Tokens of ours in the current batch. */
  int taken;

  /** The place in the current batch of the first of them, where they are a prompt's. */
  int firstAt;

  /** The place in the current batch whose logits are ours, or -1. */
  int logitsAt = -1;

  /** When it took its generation: the count of generations taken by then. */
  long takenAt;

  /** When it became idle: the count of generations ended by then. */
  long idleSince;

  Slot(int id) {
    this.id = id;
  }

  boolean idle() {
    return generation == null;
  }

  /** Returns the number of tokens that it shares with a prompt's beginning. */
  int common(Generation wanted) {
    return wanted.salt.equals(salt) ? held.commonPrefix(wanted.prompt) : 0;
  }
}
