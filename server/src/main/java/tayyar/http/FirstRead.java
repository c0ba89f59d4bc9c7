package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.function.Supplier;

/**
 * The first bytes of an answer, which a browser may read apart from the rest: Chromium reads a head
 * into a buffer of 4,096 bytes, and what else came with it is the page's first piece of the body.
 * Front-end code that carries nothing over from one read to the next loses the event that lies on
 * both sides, so none does: in front of it a comment fills the first bytes up.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">comments</a>
 */
final class FirstRead {
  /** How much Chromium reads at first: {@code kHeaderBufInitialSize} of its HttpStreamParser. */
  static final int BYTES = 4096;

  private static final byte[] SPACES = " ".repeat(BYTES).getBytes(US_ASCII);
  private static final byte[] EVENT_END = {'\n', '\n'};

  private FirstRead() {}

  /**
   * Events as they are to be sent.
   *
   * @param events ownership passes over, unless it is they that are returned
   * @param left the first bytes that are still free for these events; more than 0
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

  /** How many of the first bytes are whole events. */
  private static int whole(ByteBuf events, int left) {
    int from = events.readerIndex();
    for (int end = from + left; end - 2 >= from; end--) {
      if (events.getByte(end - 1) == '\n' && events.getByte(end - 2) == '\n') {
        return end - from;
      }
    }
    return 0;
  }

  /** One that is too short is an empty event, which means nothing either. */
  private static void comment(ByteBuf out, int bytes) {
    if (bytes > 2) {
      out.writeByte(':').writeBytes(SPACES, 0, bytes - 3);
    }
    if (bytes > 0) {
      out.writeBytes(EVENT_END);
    }
  }
}
