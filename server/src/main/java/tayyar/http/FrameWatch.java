package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Looks over the frames that a client sends, before they are decoded, and finds floods: frames that
 * cost something and ask for nothing. It also knows the bytes of a header block that has not come
 * to its end, which the codec keeps, and which heads are whole requests, which the codec does not
 * tell of one that it cannot read. Used on one event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-10.5">RFC 9113, section 10.5</a>
 */
final class FrameWatch {
  /** The most such frames in one period, besides those that answer what we send. */
  static final int IDLE_FRAMES_MAX = 1_000;

  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Bytes that we send for which the client may well send such a frame: windows, pings. */
  private static final int BYTES_ANSWERED = 64;

  /** A piece of a body below this size carries little more than its head. */
  private static final int SMALL_BYTES = 64;

  private static final int PREFACE_BYTES = 24;
  private static final int HEAD_BYTES = 9;

  /** Heads in one read; the room for more is not kept. */
  private static final int USUAL_HEADS = 16;

  private final LongSupplier clock;
  private long sinceNanos;
  private long idleFrames;
  private long sentBytes;
  private int skip = PREFACE_BYTES;
  private int headBytes;
  private int length;
  private int type;
  private int flags;
  private int stream;
  private int blockBytes;

  /** Streams whose head, not decoded yet, is the whole request. */
  private int[] ended = new int[USUAL_HEADS];

  private int endedCount;

  /**
   * Begins before the preface.
   *
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  FrameWatch(LongSupplier clock) {
    this.clock = clock;
    this.sinceNanos = clock.getAsLong();
  }

  /** Bytes were sent to the client. */
  void sent(int bytes) {
    sentBytes += bytes;
  }

  /** Returns the bytes of the header block that has begun. */
  int blockBytes() {
    return blockBytes;
  }

  /** Looks over received bytes, which it leaves as they are; returns whether all is well. */
  boolean looksOver(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (skip > 0) {
        int step = Math.min(skip, end - at);
        skip -= step;
        at += step;
      } else {
        head(bytes.getUnsignedByte(at++));
      }
    }
    return isWell();
  }

  private void head(int next) {
    switch (headBytes++) {
      case 0 -> length = next;
      case 1, 2 -> length = length << 8 | next;
      case 3 -> type = next;
      case 4 -> flags = next;
      case HEAD_BYTES - 1 -> {
        stream = stream << 8 | next;
        headBytes = 0;
        skip = length;
        frame();
      }
      default -> stream = stream << 8 | next;
    }
  }

  private void frame() {
    boolean ends = (flags & Http2Flags.END_STREAM) != 0;
    switch (type) {
      case Http2FrameTypes.HEADERS -> {
        block(0);
        if (ends) {
          ended();
        }
      }
      case Http2FrameTypes.CONTINUATION -> block(blockBytes);
      case Http2FrameTypes.DATA -> idleFrames += length < SMALL_BYTES && !ends ? 1 : 0;
      default -> idleFrames++;
    }
  }

  private void ended() {
    if (endedCount == ended.length) {
      ended = Arrays.copyOf(ended, 2 * endedCount);
    }
    ended[endedCount++] = stream & Integer.MAX_VALUE;
  }

  /** Whether the head of a stream, which is being decoded, is the whole request. */
  boolean ends(int its) {
    for (int i = 0; i < endedCount; i++) {
      if (ended[i] == its) {
        return true;
      }
    }
    return false;
  }

  /** All that was looked over has been decoded, but for a last head that has not come whole. */
  void decoded() {
    if (endedCount > 0) {
      int last = ended[endedCount - 1];
      ended = ended.length > USUAL_HEADS ? new int[USUAL_HEADS] : ended;
      ended[0] = last;
      endedCount = 1;
    }
  }

  private void block(int before) {
    boolean whole = (flags & Http2Flags.END_HEADERS) != 0;
    blockBytes = whole ? 0 : before + length;
  }

  private boolean isWell() {
    if (idleFrames <= IDLE_FRAMES_MAX) {
      return true;
    }
    long now = clock.getAsLong();
    if (now - sinceNanos >= PERIOD_NANOS) {
      sinceNanos = now;
      idleFrames = 0;
      sentBytes = 0;
    }
    return idleFrames <= IDLE_FRAMES_MAX + sentBytes / BYTES_ANSWERED;
  }
}
