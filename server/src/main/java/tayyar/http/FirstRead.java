package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.function.Supplier;

/**
 * Ends the first bytes of an answer with an event, because a browser may read them apart from the
 * rest. Chromium reads the head into a buffer of 4,096 bytes; body bytes in that buffer are the
 * page's first read. Front-end code that parses each read by itself would lose an event that lies
 * across the border, so a comment fills the buffer up before such an event.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">comments</a>
 */
final class FirstRead {
  /** The size of Chromium's first read: {@code kHeaderBufInitialSize} of its HttpStreamParser. */
  static final int BYTES = 4096;

  private static final byte[] SPACES = " ".repeat(BYTES).getBytes(US_ASCII);
  private static final byte[] EVENT_END = {'\n', '\n'};

  private FirstRead() {}

  /**
   * Returns the events to send, with a comment among them where one is needed.
   *
   * @param events ownership passes over, unless these are returned
   * @param left bytes that are left of the first read; more than 0
   * @param room an empty buffer for whole events
   */
  static ByteBuf padded(ByteBuf events, int left, Supplier<ByteBuf> room) {
    if (left >= events.readableBytes()) {
      return events;
    }
    int whole = whole(events, left);
    ByteBuf out = room.get();
    out.writeBytes(events, whole);
    comment(out, left - whole);
    out.writeBytes(events);
    events.release();
    return out;
  }

  /** Returns the length of the whole events among the first bytes. */
  private static int whole(ByteBuf events, int left) {
    int from = events.readerIndex();
    for (int end = from + left; end - 2 >= from; end--) {
      if (events.getByte(end - 1) == '\n' && events.getByte(end - 2) == '\n') {
        return end - from;
      }
    }
    return 0;
  }

  /**
   * Writes a comment of this length. Below 3 bytes it writes an empty event, which readers ignore
   * as well.
   */
  private static void comment(ByteBuf out, int bytes) {
    if (bytes > 2) {
      out.writeByte(':').writeBytes(SPACES, 0, bytes - 3);
    }
    if (bytes > 0) {
      out.writeBytes(EVENT_END);
    }
  }
}
