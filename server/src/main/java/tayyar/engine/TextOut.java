package tayyar.engine;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the bytes of tokens into text that may be shown: whole UTF-8 characters only, never a stop
 * string or what may be the beginning of one. Bytes that are no UTF-8 become U+FFFD. Not safe for
 * use by more than one thread.
 */
final class TextOut {
  private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};
  private static final byte[] NOTHING = {};

  private final List<byte[]> stops;
  private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
  private byte[] partial = NOTHING;
  private byte[] held = NOTHING;
  private boolean stopped;

  TextOut(List<String> stops) {
    this.stops =
        stops.stream().map(s -> s.getBytes(java.nio.charset.StandardCharsets.UTF_8)).toList();
  }

  /** Takes a token's bytes and returns the text that can be shown now, as UTF-8. */
  byte[] add(byte[] piece) {
    if (stopped) {
      return NOTHING;
    }
    return release(characters(join(partial, piece)));
  }

  /** Whether a stop string has come: the answer is over. */
  boolean stopped() {
    return stopped;
  }

  /** Whole characters that are held back because a stop string may begin with them. */
  byte[] held() {
    return held;
  }

  /**
   * Gives the text still held when the answer ends without a stop string; drops a cut character.
   */
  byte[] end() {
    byte[] rest = stopped ? NOTHING : held;
    held = NOTHING;
    partial = NOTHING;
    return rest;
  }

  /** Keeps the bytes of an unfinished character back and mends what is no UTF-8. */
  private byte[] characters(byte[] bytes) {
    whole.reset();
    int at = 0;
    while (at < bytes.length) {
      int length = Utf8.lengthAt(bytes, at);
      if (length == Utf8.CUT) {
        break;
      }
      if (length == Utf8.WRONG) {
        whole.writeBytes(REPLACEMENT);
        at++;
      } else {
        whole.write(bytes, at, length);
        at += length;
      }
    }
    partial = Arrays.copyOfRange(bytes, at, bytes.length);
    return whole.toByteArray();
  }

  private byte[] release(byte[] text) {
    if (stops.isEmpty()) {
      return text;
    }
    byte[] all = join(held, text);
    int stop = firstStop(all);
    if (stop >= 0) {
      stopped = true;
      held = NOTHING;
      return Arrays.copyOf(all, stop);
    }
    int safe = all.length - longestBeginning(all);
    held = Arrays.copyOfRange(all, safe, all.length);
    return Arrays.copyOf(all, safe);
  }

  private int firstStop(byte[] text) {
    for (int at = 0; at < text.length; at++) {
      for (byte[] stop : stops) {
        if (at + stop.length <= text.length && matches(text, at, stop, stop.length)) {
          return at;
        }
      }
    }
    return -1;
  }

  /** Length of the longest end of the text that a stop string begins with. */
  private int longestBeginning(byte[] text) {
    int longest = 0;
    for (byte[] stop : stops) {
      for (int n = Math.min(stop.length - 1, text.length); n > longest; n--) {
        if (matches(text, text.length - n, stop, n)) {
          longest = n;
        }
      }
    }
    return longest;
  }

  private static boolean matches(byte[] text, int at, byte[] stop, int count) {
    return Arrays.equals(text, at, at + count, stop, 0, count);
  }

  private static byte[] join(byte[] a, byte[] b) {
    if (a.length == 0) {
      return b;
    }
    byte[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
