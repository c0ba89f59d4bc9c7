package tayyar.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells the content of an answer's events. The first content event of an answer is parsed as JSON
 * and gives a mould: all bytes before and behind its content. An event that fits the mould and
 * whose content has neither quote nor backslash differs from the first only in its content, so it
 * need not be parsed. All other events are parsed. One thread, one answer.
 */
final class EventReader {
  /** Text that counts as a token. */
  static final int CONTENT = 1;

  /** A finish_reason. */
  static final int FINISH = 2;

  /** Usage that is not null. */
  static final int USAGE = 4;

  /** An error event. */
  static final int ERROR = 8;

  /** The end mark. */
  static final int DONE = 16;

  /** Nothing that could be read. */
  static final int MALFORMED = 32;

  private static final byte[] END = "[DONE]".getBytes(US_ASCII);

  /** Where a text stands in a chat's chunk, and in an event of a message. */
  private static final List<byte[]> KEYS =
      List.of("\"content\":".getBytes(US_ASCII), "\"text\":".getBytes(US_ASCII));

  private static final byte[] NOTHING = {};

  /** Most moulds of one answer: an answer whose events never fit gets no more. */
  private static final int MOULDS_MAX = 3;

  private final ChunkJson json = new ChunkJson();
  private byte @Nullable [] before;
  private byte[] behind = NOTHING;
  private int moulds;
  private byte[] text = NOTHING;
  private int textFrom;
  private int textTo;

  /**
   * Reads an event's data.
   *
   * @return its content, as a sum of the constants above; 0 is nothing of note
   */
  int read(byte[] bytes, int from, int to) {
    if (fits(bytes, from, to)) {
      return CONTENT;
    }
    if (Arrays.equals(bytes, from, to, END, 0, END.length)) {
      return DONE;
    }
    int holds = json.read(bytes, from, to);
    text = json.content().getBytes(UTF_8);
    textFrom = 0;
    textTo = text.length;
    if (holds == CONTENT && json.isPlain() && textTo > 0 && moulds < MOULDS_MAX) {
      mould(bytes, from, to);
    }
    return holds;
  }

  private boolean fits(byte[] bytes, int from, int to) {
    byte[] head = before;
    if (head == null) {
      return false;
    }
    int start = from + head.length;
    int end = to - behind.length;
    if (start >= end
        || !Arrays.equals(bytes, from, start, head, 0, head.length)
        || !Arrays.equals(bytes, end, to, behind, 0, behind.length)) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (bytes[i] == '"' || bytes[i] == '\\') {
        return false;
      }
    }
    text = bytes;
    textFrom = start;
    textTo = end;
    return true;
  }

  /**
   * Makes a mould, but only where the content's key is there exactly once, with the content behind
   * it.
   */
  private void mould(byte[] bytes, int from, int to) {
    moulds++;
    for (byte[] key : KEYS) {
      mould(key, bytes, from, to);
    }
  }

  private void mould(byte[] name, byte[] bytes, int from, int to) {
    int key = find(name, bytes, from, to);
    if (key < 0 || find(name, bytes, key + 1, to) >= 0) {
      return;
    }
    int start = key + name.length;
    while (start < to && bytes[start] == ' ') {
      start++;
    }
    start++;
    int end = start + textTo;
    if (end < to
        && bytes[start - 1] == '"'
        && bytes[end] == '"'
        && Arrays.equals(bytes, start, end, text, 0, textTo)) {
      before = Arrays.copyOfRange(bytes, from, start);
      behind = Arrays.copyOfRange(bytes, end, to);
    }
  }

  private static int find(byte[] name, byte[] bytes, int from, int to) {
    for (int i = from; i + name.length <= to; i++) {
      if (Arrays.equals(bytes, i, i + name.length, name, 0, name.length)) {
        return i;
      }
    }
    return -1;
  }

  /** The bytes to which {@link #textFrom()} and {@link #textTo()} refer, until the next read. */
  byte[] text() {
    return text;
  }

  int textFrom() {
    return textFrom;
  }

  int textTo() {
    return textTo;
  }

  /** The parsed members: the usage, the error. */
  ChunkJson json() {
    return json;
  }
}
