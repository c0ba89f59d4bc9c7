package tayyar.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Room;

/**
 * Collects a request's body, up to a bound, in memory drawn from the request's room. Reserves at
 * most 16 bytes per byte received, whatever Content-Length claims.
 */
final class Body {
  /** The most bytes reserved per byte received. */
  private static final int BELIEVED = 16;

  private static final int SMALL_BYTES = 64 * 1024;

  private final int bytesMax;
  private final long announced;
  private final Room room;
  private byte[] bytes = {};
  private int end;

  /**
   * Creates an empty body.
   *
   * @param bytesMax the bound
   * @param announced its length by the head; -1 where the head names none
   */
  Body(int bytesMax, long announced, Room room) {
    this.bytesMax = bytesMax;
    this.announced = announced;
    this.room = room;
  }

  /**
   * Returns why a body of the announced length will be refused, or null. A small body is read
   * first, so that the connection can go on.
   */
  @Nullable ApiError foreseen() {
    if (announced > bytesMax) {
      return new ApiError.BodyTooLarge(bytesMax);
    }
    if (announced > SMALL_BYTES) {
      if (!room.take(announced)) {
        return new ApiError.MemoryFull();
      }
      room.give(announced);
    }
    return null;
  }

  /** Keeps a part; returns the error that refuses it, or null. */
  @Nullable ApiError add(ByteBuf part) {
    int count = part.readableBytes();
    if (count > bytesMax - end) {
      return new ApiError.BodyTooLarge(bytesMax);
    }
    if (bytes.length - end < count) {
      int size = size(end + count);
      if (!room.take(size - bytes.length)) {
        return new ApiError.MemoryFull();
      }
      bytes = Arrays.copyOf(bytes, size);
    }
    part.readBytes(bytes, end, count);
    end += count;
    return null;
  }

  /** Returns the bytes reserved so far. */
  int size() {
    return bytes.length;
  }

  private int size(int needed) {
    long most = Math.min(bytesMax, (long) BELIEVED * needed);
    return announced >= needed && announced <= most
        ? (int) announced
        : Math.max(needed, Math.min(bytesMax, 2 * bytes.length));
  }

  byte[] bytes() {
    return end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
  }
}
