package tayyar.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The tokens of one step. Belongs to the engine's thread. */
final class StepBatch {
  final int most;
  private final MemorySegment batch;
  private final MemorySegment tokens;
  private final MemorySegment positions;
  private final MemorySegment sequences;
  private final MemorySegment logits;
  private int size;

  StepBatch(Arena arena, int most) {
    this.most = most;
    tokens = arena.allocate(JAVA_INT, most);
    positions = arena.allocate(JAVA_INT, most);
    sequences = arena.allocate(JAVA_INT, most);
    logits = arena.allocate(JAVA_BYTE, most);
    MemorySegment counts = arena.allocate(JAVA_INT, most);
    MemorySegment pointers = arena.allocate(ADDRESS, most);
    for (int i = 0; i < most; i++) {
      counts.setAtIndex(JAVA_INT, i, 1);
      pointers.setAtIndex(ADDRESS, i, sequences.asSlice(4L * i, 4));
    }
    batch = Llama.batch(arena, tokens, positions, counts, pointers, logits);
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  int room() {
    return most - size;
  }

  /** Adds a token; returns its place. */
  int add(int token, int position, int sequence, boolean wantsLogits) {
    tokens.setAtIndex(JAVA_INT, size, token);
    positions.setAtIndex(JAVA_INT, size, position);
    sequences.setAtIndex(JAVA_INT, size, sequence);
    logits.setAtIndex(JAVA_BYTE, size, (byte) (wantsLogits ? 1 : 0));
    return size++;
  }

  MemorySegment struct() {
    batch.set(JAVA_INT, 0, size);
    return batch;
  }
}
