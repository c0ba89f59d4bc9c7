package tayyar.bench;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bench's own reader of server-sent events, which shares no code with the server that it
 * checks. Lines end with LF, CR or CRLF; it skips a byte order mark, comments and all fields but
 * data. An event's bytes stay together until the blank line; further lines of data are moved up to
 * the first. One thread, one answer.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML Living
 *     Standard, server-sent events</a>
 */
final class EventStream {

  /** Takes the events. */
  @FunctionalInterface
  interface Taker {
    /**
     * One event's data, its lines joined by LF; only to be read during the call.
     *
     * @param from first byte
     * @param to behind the last byte
     */
    void event(byte[] bytes, int from, int to);
  }

  private static final int FIRST_BYTES = 4096;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long BELOW = ('\r' + 1) * 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
  private static final byte[] DATA = {'d', 'a', 't', 'a'};

  private final int eventBytesMax;
  private byte[] bytes = new byte[FIRST_BYTES];

  /** Where the event under way begins. */
  private int event;

  /** Where the line under way begins. */
  private int line;

  /** Behind the last byte that was looked at. */
  private int seen;

  private int limit;

  /** The data of the event under way, or -1. */
  private int dataFrom = -1;

  private int dataTo;

  /** Whether the first line is still to come; it may begin with a byte order mark. */
  private boolean first = true;

  /** Whether an LF that comes next belongs to the line end before it. */
  private boolean behindCr;

  /**
   * An empty stream.
   *
   * @param eventBytesMax the largest event taken, in bytes with its field names
   */
  EventStream(int eventBytesMax) {
    this.eventBytesMax = eventBytesMax;
  }

  /**
   * Takes the next bytes and hands out the events that end within them.
   *
   * @return false where an event is larger than allowed; nothing may be fed any more
   */
  boolean feed(ByteBuf in, Taker taker) {
    append(in);
    for (seen = nextControl(seen); seen < limit; seen = nextControl(seen)) {
      byte b = bytes[seen++];
      if (b == '\n' || b == '\r') {
        lineEnd(b, taker);
      }
    }
    return limit - event <= eventBytesMax;
  }

  private void append(ByteBuf in) {
    int more = in.readableBytes();
    if (event > 0) {
      System.arraycopy(bytes, event, bytes, 0, limit - event);
      line -= event;
      seen -= event;
      limit -= event;
      dataFrom -= dataFrom < 0 ? 0 : event;
      dataTo -= dataFrom < 0 ? 0 : event;
      event = 0;
    }
    if (bytes.length - limit < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, limit + more));
    }
    in.readBytes(bytes, limit, more);
    limit += more;
  }

  /**
   * The next byte that may end a line, or the limit. JSON has no such byte inside, so eight bytes
   * are looked at together.
   */
  private int nextControl(int from) {
    int at = from;
    for (; at + Long.BYTES <= limit; at += Long.BYTES) {
      long eight = (long) EIGHT.get(bytes, at);
      long found = (eight - BELOW) & ~eight & HIGH_BITS;
      if (found != 0) {
        return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
    }
    while (at < limit && (bytes[at] < 0 || bytes[at] > '\r')) {
      at++;
    }
    return at;
  }

  private void lineEnd(byte end, Taker taker) {
    boolean half = behindCr && end == '\n' && line == seen - 1;
    behindCr = end == '\r';
    if (half) {
      // The blank line is no part of the next event.
      event = event == line ? seen : event;
    } else if (line < seen - 1) {
      line(line, seen - 1);
    } else {
      if (dataFrom >= 0) {
        taker.event(bytes, dataFrom, dataTo);
      }
      dataFrom = -1;
      event = seen;
    }
    first = false;
    line = seen;
  }

  private void line(int from, int to) {
    int value = value(first && startsWith(MARK, from, to) ? from + MARK.length : from, to);
    if (value >= 0 && dataFrom < 0) {
      dataFrom = value;
      dataTo = to;
    } else if (value >= 0) {
      dataTo = join(dataTo, value, to);
    }
  }

  /** Where the data of a line begins, or -1 where it is no line of data. */
  private int value(int from, int to) {
    int colon = from + DATA.length;
    if (!startsWith(DATA, from, to) || (colon < to && bytes[colon] != ':')) {
      return -1;
    }
    int value = Math.min(colon + 1, to);
    return value < to && bytes[value] == ' ' ? value + 1 : value;
  }

  /** Moves a line of data up to the one before it; returns its new end. */
  private int join(int before, int from, int to) {
    bytes[before] = '\n';
    System.arraycopy(bytes, from, bytes, before + 1, to - from);
    return before + 1 + to - from;
  }

  private boolean startsWith(byte[] begin, int from, int to) {
    return to - from >= begin.length
        && Arrays.equals(bytes, from, from + begin.length, begin, 0, begin.length);
  }
}
