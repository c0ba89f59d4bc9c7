package tayyar.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Collects a request's body, up to a bound; takes no more memory than has really come. */
final class Body {
  private final int bytesMax;
  private byte[] bytes = {};
  private int end;

  Body(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Returns false if the bound is passed. */
  boolean add(ByteBuf part) {
    int count = part.readableBytes();
    if (count > bytesMax - end) {
      return false;
    }
    if (bytes.length - end < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + count));
    }
    part.readBytes(bytes, end, count);
    end += count;
    return true;
  }

  byte[] bytes() {
    return end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
  }
}
