package tayyar.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Collects a request's body, up to a bound. What is announced is believed as far as a part of it
 * has come: nobody gets much memory for a promise.
 */
final class Body {
  /** How much memory a byte that has come is good for. */
  private static final int BELIEVED = 16;

  private final int bytesMax;
  private final long announced;
  private byte[] bytes = {};
  private int end;

  /**
   * Nothing yet.
   *
   * @param bytesMax the bound
   * @param announced how much is said to come; -1 where nothing is said
   */
  Body(int bytesMax, long announced) {
    this.bytesMax = bytesMax;
    this.announced = announced;
  }

  /** Returns false if the bound is passed. */
  boolean add(ByteBuf part) {
    int count = part.readableBytes();
    if (count > bytesMax - end) {
      return false;
    }
    if (bytes.length - end < count) {
      bytes = Arrays.copyOf(bytes, room(end + count));
    }
    part.readBytes(bytes, end, count);
    end += count;
    return true;
  }

  /** Bytes it could hold now. */
  int room() {
    return bytes.length;
  }

  private int room(int needed) {
    long most = Math.min(bytesMax, (long) BELIEVED * needed);
    return announced >= needed && announced <= most
        ? (int) announced
        : Math.max(needed, Math.min(bytesMax, 2 * bytes.length));
  }

  byte[] bytes() {
    return end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
  }
}
