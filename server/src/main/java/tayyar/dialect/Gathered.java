package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** Bytes that are added to. Not safe for use by more than one thread. */
public final class Gathered {
  /** The size up to which no memory is accounted for; most answers are this short. */
  private static final int SMALL_BYTES = 1024;

  private byte[] bytes;
  private int end;

  /**
   * Creates an empty one.
   *
   * @param size bytes that it has room for at once
   */
  public Gathered(int size) {
    bytes = new byte[size];
  }

  /** Returns how many bytes were added. */
  public int size() {
    return end;
  }

  /** Writes all of it. */
  public void to(ByteBuf out) {
    out.writeBytes(bytes, 0, end);
  }

  /**
   * Adds a part.
   *
   * @param grows told, before it happens, by how many bytes this is about to grow; may refuse
   */
  public void add(byte[] part, int from, int to, LongConsumer grows) {
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

  /** Returns a copy of all of it. */
  public byte[] copy() {
    return Arrays.copyOf(bytes, end);
  }

  /** Returns the bytes, with room behind {@link #size}; not copied. */
  byte[] array() {
    return bytes;
  }
}
