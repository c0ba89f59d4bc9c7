package tayyar.responses;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The events of a response so far; an event's place is its {@code sequence_number}. Thread-safe.
 */
final class EventLog {
  private final List<byte[]> events = new ArrayList<>();
  private boolean over;

  /**
   * Some events that follow each other.
   *
   * @param next the place of the one behind them
   * @param last whether none will follow
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Piece(byte[] bytes, int next, boolean last) {}

  /** Adds whole events; comments and the end's mark are left out. */
  synchronized void add(byte[] stream) {
    int from = 0;
    for (int at = 1; at < stream.length; at++) {
      if (stream[at] == '\n' && stream[at - 1] == '\n') {
        if (stream[from] == 'e') {
          events.add(Arrays.copyOfRange(stream, from, at + 1));
        }
        from = at + 1;
        at++;
      }
    }
  }

  /**
   * Finds an event in such a stream.
   *
   * @param number its place among the events, at least 0
   * @return where it begins; the stream's length where it has no such event
   */
  static int place(byte[] stream, int number) {
    int at = 0;
    for (int left = number; left > 0 && at < stream.length; left--) {
      at = behindEvent(stream, at);
    }
    return at;
  }

  private static int behindEvent(byte[] stream, int from) {
    int at = from + 1;
    while (at < stream.length && (stream[at] != '\n' || stream[at - 1] != '\n')) {
      at++;
    }
    return Math.min(at + 1, stream.length);
  }

  /** No event follows. */
  synchronized void end() {
    over = true;
  }

  /**
   * Returns events.
   *
   * @param from the place of the first
   * @param bytesMax about how many bytes; at least one event, where there is one
   */
  synchronized Piece from(int from, int bytesMax) {
    var out = new ByteArrayOutputStream();
    int next = Math.max(0, from);
    while (next < events.size() && out.size() < bytesMax) {
      out.writeBytes(events.get(next++));
    }
    return new Piece(out.toByteArray(), next, over && next >= events.size());
  }
}
