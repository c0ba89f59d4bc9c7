package tayyar.openai;

import java.util.Arrays;
import java.util.function.LongConsumer;

/** Bytes that are added to. Not safe for use by more than one thread. */
final class Gathered {
  /** The size up to which no memory is accounted for; most answers are this short. */
  private static final int SMALL_BYTES = 1024;

  byte[] bytes;
  int end;

  Gathered(int size) {
    bytes = new byte[size];
  }

  /**
   * Adds a part.
   *
   * @param grows told, before it happens, by how many bytes this is about to grow; may refuse
   */
  void add(byte[] part, int from, int to, LongConsumer grows) {
    int count = to - from;
    if (bytes.length - end < count) {
      grow(Math.max(bytes.length * 2, end + count), grows);
    }
    System.arraycopy(part, from, bytes, end, count);
    end += count;
  }

  private void grow(int size, LongConsumer grows) {
    if (size > SMALL_BYTES) {
      grows.accept(bytes.length > SMALL_BYTES ? size - bytes.length : size);
    }
    bytes = Arrays.copyOf(bytes, size);
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, end);
  }
}
