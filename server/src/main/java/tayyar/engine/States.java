package tayyar.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Copies of what a sequence holds, outside of the context. Belongs to the engine's thread.
 *
 * <p>Their memory is the C library's: Java would fill it with zeros first, and let it be no more
 * than its heap.
 */
final class States {
  private final MemorySegment context;
  private final MemorySegment memory;
  private final MethodHandle size;
  private final MethodHandle get;
  private final MethodHandle set;
  private final MethodHandle last;
  private final MethodHandle allocate;
  private final MethodHandle free;

  States(Llama llama, MemorySegment context, MemorySegment memory) {
    this.context = context;
    this.memory = memory;
    size = llama.function("llama_state_seq_get_size", JAVA_LONG, ADDRESS, JAVA_INT);
    get =
        llama.function(
            "llama_state_seq_get_data", JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
    set =
        llama.function(
            "llama_state_seq_set_data", JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
    last = llama.function("llama_memory_seq_pos_max", JAVA_INT, ADDRESS, JAVA_INT);
    allocate = Foreign.standard("malloc", ADDRESS, JAVA_LONG);
    free = Foreign.standard("free", null, ADDRESS);
  }

  /** The bytes that a copy takes. */
  long bytes(int sequence) {
    return (long) Foreign.invoke(size, context, sequence);
  }

  /** Makes a copy, to be freed; of no bytes where there is no memory for it. */
  MemorySegment copy(int sequence, long bytes) {
    MemorySegment made = (MemorySegment) Foreign.invoke(allocate, bytes);
    if (made.equals(MemorySegment.NULL)) {
      return MemorySegment.NULL;
    }
    long written = (long) Foreign.invoke(get, context, made, bytes, sequence);
    if (written != bytes) {
      free(made);
      return MemorySegment.NULL;
    }
    return Foreign.sized(made, bytes);
  }

  /**
   * Gives a sequence what another one held, in the place of all that it held.
   *
   * @param tokens that are in the copy
   * @return whether it has them; nothing is left in it otherwise
   */
  boolean restore(MemorySegment copy, int sequence, int tokens) {
    long read = (long) Foreign.invoke(set, context, copy, copy.byteSize(), sequence);
    return read == copy.byteSize() && (int) Foreign.invoke(last, memory, sequence) == tokens - 1;
  }

  void free(MemorySegment copy) {
    Foreign.call(free, copy);
  }
}
