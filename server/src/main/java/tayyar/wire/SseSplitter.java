package tayyar.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Splits a stream of bytes into server-sent events, however the bytes were cut: LF, CR and CRLF, a
 * byte order mark, comments, data over several lines. It keeps the data, and the field event as far
 * as {@link Name} knows its values; it skips id and retry. Two lines of data with a JSON object
 * each are two events, though the standard joins them. Not safe for use by more than one thread.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML Living
 *     Standard, server-sent events</a>
 */
public final class SseSplitter {

  /** Takes the events. */
  @FunctionalInterface
  public interface Events {
    /**
     * One event's data.
     *
     * @param bytes holds the data; only to be read during the call
     * @param from first byte
     * @param to behind the last byte
     * @return false to be given no more events, of this call or a later one
     */
    boolean event(byte[] bytes, int from, int to);
  }

  /** An event's name, as far as it changes the meaning of its data. */
  public enum Name {
    /** Anything else, or nothing. */
    USUAL,
    /** Its data tells of a failure. */
    ERROR,
    /** A sign of life, whatever its data is. */
    PING
  }

  /** An event was larger than allowed. */
  public static final class EventTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EventTooLarge(int bytesMax) {
      super("an event is larger than " + bytesMax + " bytes", null, false, false);
    }
  }

  private static final int NONE = -1;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A 1 in each byte. */
  private static final long EACH = 0x0101_0101_0101_0101L;

  /** Bytes taken at once, so that the buffer stays small and in the processor's cache. */
  private static final int PIECE_BYTES = 16 * 1024;

  private static final int KEPT_BYTES = 2048;

  /** A larger buffer does not outlive its stream. */
  private static final int KEPT_BYTES_MAX = 8 * 1024;

  private static final int DATA_BYTES = 4;
  private static final byte[] EVENT = "event".getBytes(US_ASCII);
  private static final int EVENT_BYTES = EVENT.length;
  private static final byte[] ERROR = "error".getBytes(US_ASCII);

  /** Names of events that are only signs of life. */
  private static final byte[][] PINGS = {
    "ping".getBytes(US_ASCII), "keepalive".getBytes(US_ASCII),
    "keep-alive".getBytes(US_ASCII), "heartbeat".getBytes(US_ASCII)
  };

  private final int eventBytesMax;
  private byte[] buffer = new byte[KEPT_BYTES];

  /** Index behind the last byte held. */
  private int end;

  /** The next byte to look at. */
  private int at;

  /** Where the line under way begins. */
  private int line;

  /** The one line of data of the event under way, or {@link #NONE}. */
  private int dataFrom = NONE;

  private int dataTo = NONE;

  /** Several lines of data, joined; in use while {@link #joinedEnd} is not {@link #NONE}. */
  private byte[] joined = new byte[0];

  private int joinedEnd = NONE;
  private Name name = Name.USUAL;
  private boolean afterCr;
  private boolean begun;
  private boolean stopped;

  /**
   * An empty splitter.
   *
   * @param eventBytesMax the largest event taken, in bytes
   */
  public SseSplitter(int eventBytesMax) {
    this.eventBytesMax = eventBytesMax;
  }

  /** The name of the event that is being given; only valid during the call. */
  public Name name() {
    return name;
  }

  /** Resets the splitter to its first state. */
  public void reset() {
    if (buffer.length > KEPT_BYTES_MAX) {
      buffer = new byte[KEPT_BYTES];
    }
    if (joined.length > 0) {
      joined = new byte[0];
    }
    end = 0;
    at = 0;
    line = 0;
    dataFrom = NONE;
    dataTo = NONE;
    joinedEnd = NONE;
    name = Name.USUAL;
    afterCr = false;
    begun = false;
    stopped = false;
  }

  /** Memory in use, in bytes. */
  public int heldBytes() {
    return buffer.length + joined.length;
  }

  /**
   * Takes the next bytes and hands out the events they complete.
   *
   * @param in read to its end
   * @throws EventTooLarge if an event does not end within the bound
   */
  public void feed(ByteBuf in, Events events) {
    feed(in, in.readableBytes(), events);
  }

  /**
   * Takes only some of the bytes.
   *
   * @param count bytes to be read, at most as many as are readable
   */
  public void feed(ByteBuf in, int count, Events events) {
    int left = count;
    while (left > 0 && !stopped) {
      int piece = Math.min(left, PIECE_BYTES);
      left -= piece;
      take(in, piece, events);
    }
    in.skipBytes(left);
  }

  /** Ends the stream: gives a last event that lacks its line end or its blank line. */
  public void end(Events events) {
    if (stopped) {
      return;
    }
    if (line < end) {
      line(line, end, events);
      line = end;
      at = end;
    }
    if (!stopped) {
      dispatch(events);
    }
  }

  private void take(ByteBuf in, int count, Events events) {
    if (buffer.length - end < count) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, end + count));
    }
    in.readBytes(buffer, end, count);
    end += count;
    while (at < end && !stopped) {
      int next = lineEnd(at);
      afterCr &= next == at;
      at = next;
      if (at < end) {
        look(buffer[at], events);
      }
    }
    dropRead();
  }

  /** The next LF or CR, or the end; eight bytes are looked at together. */
  private int lineEnd(int from) {
    int i = from;
    for (; i <= end - Long.BYTES; i += Long.BYTES) {
      long eight = (long) LONGS.get(buffer, i);
      long found = zeroBytes(eight ^ EACH * '\n') | zeroBytes(eight ^ EACH * '\r');
      if (found != 0) {
        return i + Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
    }
    while (i < end && buffer[i] != '\n' && buffer[i] != '\r') {
      i++;
    }
    return i;
  }

  /** The lowest bit set is the highest of the first byte that is zero. */
  private static long zeroBytes(long eight) {
    return (eight - EACH) & ~eight & (EACH << 7);
  }

  private void look(byte b, Events events) {
    boolean secondHalfOfCrLf = afterCr && b == '\n';
    afterCr = b == '\r';
    at++;
    if (secondHalfOfCrLf) {
      line = at;
    } else if (b == '\n' || b == '\r') {
      line(line, at - 1, events);
      line = at;
    }
  }

  private void line(int from, int to, Events events) {
    int start = from;
    if (!begun) {
      begun = true;
      if (to - from >= 3
          && buffer[from] == (byte) 0xEF
          && buffer[from + 1] == (byte) 0xBB
          && buffer[from + 2] == (byte) 0xBF) {
        start += 3;
      }
    }
    if (start == to) {
      dispatch(events);
    } else if (isData(start, to)) {
      int value = value(start + DATA_BYTES, to);
      if (isAnother(value, to)) {
        dispatch(events);
      }
      if (!stopped) {
        data(value, to);
      }
    } else if (isEvent(start, to)) {
      name = name(value(start + EVENT_BYTES, to), to);
    }
  }

  /** Index behind the colon and one space, where they are there. */
  private int value(int from, int to) {
    int value = from < to ? from + 1 : from;
    return value < to && buffer[value] == ' ' ? value + 1 : value;
  }

  /** A line that is "event" alone or begins with "event:". */
  private boolean isEvent(int from, int to) {
    return to - from >= EVENT_BYTES
        && (to - from == EVENT_BYTES || buffer[from + EVENT_BYTES] == ':')
        && is(EVENT, from, from + EVENT_BYTES);
  }

  private Name name(int from, int to) {
    if (is(ERROR, from, to)) {
      return Name.ERROR;
    }
    for (byte[] ping : PINGS) {
      if (is(ping, from, to)) {
        return Name.PING;
      }
    }
    return Name.USUAL;
  }

  private boolean is(byte[] word, int from, int to) {
    return Arrays.equals(buffer, from, to, word, 0, word.length);
  }

  /** A line that is "data" alone or begins with "data:". */
  private boolean isData(int from, int to) {
    return to - from >= DATA_BYTES
        && buffer[from] == 'd'
        && buffer[from + 1] == 'a'
        && buffer[from + 2] == 't'
        && buffer[from + 3] == 'a'
        && (to - from == DATA_BYTES || buffer[from + DATA_BYTES] == ':');
  }

  /**
   * Whether a line of data begins another event, though no blank line stands before it: no JSON has
   * an object or a list right behind an object's end.
   */
  private boolean isAnother(int from, int to) {
    return from < to
        && (buffer[from] == '{' || buffer[from] == '[')
        && dataFrom != NONE
        && dataTo > dataFrom
        && buffer[dataTo - 1] == '}';
  }

  /** One line of data stays where it is; a second one joins them in a buffer of their own. */
  private void data(int from, int to) {
    if (dataFrom == NONE && joinedEnd == NONE) {
      dataFrom = from;
      dataTo = to;
      return;
    }
    if (joinedEnd == NONE) {
      joinedEnd = 0;
      join(dataFrom, dataTo);
      dataFrom = NONE;
    }
    join(NONE, NONE);
    join(from, to);
  }

  private void join(int from, int to) {
    int count = from == NONE ? 1 : to - from;
    if (joinedEnd + count > eventBytesMax) {
      throw new EventTooLarge(eventBytesMax);
    }
    if (joined.length - joinedEnd < count) {
      joined = Arrays.copyOf(joined, Math.max(joined.length * 2, joinedEnd + count));
    }
    if (from == NONE) {
      joined[joinedEnd] = '\n';
    } else {
      System.arraycopy(buffer, from, joined, joinedEnd, count);
    }
    joinedEnd += count;
  }

  private void dispatch(Events events) {
    boolean more = true;
    if (joinedEnd != NONE) {
      more = events.event(joined, 0, joinedEnd);
    } else if (dataFrom != NONE) {
      if (dataTo - dataFrom > eventBytesMax) {
        throw new EventTooLarge(eventBytesMax);
      }
      more = events.event(buffer, dataFrom, dataTo);
    }
    joinedEnd = NONE;
    dataFrom = NONE;
    name = Name.USUAL;
    stopped = !more;
  }

  private void dropRead() {
    int from = dataFrom == NONE ? line : dataFrom;
    if (end - from > eventBytesMax) {
      throw new EventTooLarge(eventBytesMax);
    }
    if (from == 0) {
      return;
    }
    System.arraycopy(buffer, from, buffer, 0, end - from);
    end -= from;
    at -= from;
    line -= from;
    if (dataFrom != NONE) {
      dataTo -= from;
      dataFrom = 0;
    }
  }
}
