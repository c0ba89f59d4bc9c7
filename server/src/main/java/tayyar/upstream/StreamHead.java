package tayyar.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Recognises the head of an event stream in chunks on a connection that is kept: what a good answer
 * begins with. All that its other fields say is of no interest here. A head that says anything else
 * about itself or its body, or says it in an unusual way, is not recognised.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-4">RFC 9112, section 4</a>
 */
final class StreamHead {
  private static final int BYTES_MAX = 2048;

  /** Heads are looked at one at a time, so an event loop needs one of these. */
  private static final FastThreadLocal<StreamHead> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected StreamHead initialValue() {
          return new StreamHead();
        }
      };

  private static final int NONE = 0;

  private static final byte[] STATUS = bytes("HTTP/1.1 200 ");
  private static final byte[] TYPE = bytes("content-type");
  private static final byte[] EVENT_STREAM = bytes("text/event-stream");
  private static final byte[] CODING = bytes("transfer-encoding");
  private static final byte[] CHUNKED = bytes("chunked");
  private static final byte[] LENGTH = bytes("content-length");
  private static final byte[] PACKED = bytes("content-encoding");
  private static final byte[] CONNECTION = bytes("connection");
  private static final byte[] KEEP_ALIVE = bytes("keep-alive");

  /** Behind it stand zeros, which are part of nothing. */
  private final byte[] head = new byte[BYTES_MAX + STATUS.length];

  private boolean chunked;
  private boolean eventStream;

  private StreamHead() {}

  /** The length of such a head that begins where the buffer does; 0 where none is there as yet. */
  static int length(ByteBuf in) {
    return OF_THREAD.get().lengthOf(in);
  }

  private int lengthOf(ByteBuf in) {
    int count = Math.min(in.readableBytes(), BYTES_MAX);
    in.getBytes(in.readerIndex(), head, 0, count);
    Arrays.fill(head, count, count + STATUS.length, (byte) 0);
    chunked = false;
    eventStream = false;
    return length();
  }

  private int length() {
    if (!is(0, STATUS.length, STATUS)) {
      return NONE;
    }
    int line = behindLine(STATUS.length);
    while (line > NONE) {
      if (head[line] == '\r') {
        return head[line + 1] == '\n' && chunked && eventStream ? line + 2 : NONE;
      }
      int colon = line;
      while (isOfName(head[colon])) {
        colon++;
      }
      int next = behindLine(colon + 1);
      if (colon == line || head[colon] != ':' || next == NONE || !agrees(line, colon, next - 2)) {
        return NONE;
      }
      line = next;
    }
    return NONE;
  }

  /** The next line; 0 where this one does not end as it should. */
  private int behindLine(int from) {
    int at = from;
    while (at < head.length && (head[at] >= ' ' || head[at] == '\t')) {
      at++;
    }
    return at + 2 < head.length && head[at] == '\r' && head[at + 1] == '\n' ? at + 2 : NONE;
  }

  private static boolean isOfName(byte b) {
    return b == '-'
        || b == '_'
        || (b >= '0' && b <= '9')
        || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
  }

  /** Whether a field can stand in such a head. */
  private boolean agrees(int name, int colon, int end) {
    int from = colon + 1;
    int to = end;
    while (from < to && head[from] == ' ') {
      from++;
    }
    while (to > from && head[to - 1] == ' ') {
      to--;
    }
    if (is(name, colon, CODING)) {
      boolean second = chunked;
      chunked = is(from, to, CHUNKED);
      return chunked && !second;
    }
    if (is(name, colon, TYPE)) {
      boolean second = eventStream;
      eventStream = is(from, Math.min(to, from + EVENT_STREAM.length), EVENT_STREAM);
      return eventStream && !second;
    }
    return is(name, colon, CONNECTION)
        ? is(from, to, KEEP_ALIVE)
        : !is(name, colon, LENGTH) && !is(name, colon, PACKED);
  }

  /** Compares without regard to case. */
  private boolean is(int from, int to, byte[] word) {
    if (to - from != word.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      int b = head[from + i];
      if (b != word[i] && (b < 'A' || b > 'Z' || (b | 0x20) != word[i])) {
        return false;
      }
    }
    return true;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
