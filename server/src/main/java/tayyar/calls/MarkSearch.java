package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Finds a mark in bytes as they come. Nothing is held back but what may be the mark's beginning,
 * and some blanks that may stand before it.
 */
final class MarkSearch {
  private final byte[] mark;
  private final String blanks;
  private final int blanksMax;
  private byte[] held = new byte[32];
  private int size;

  /**
   * Nothing has come.
   *
   * @param blanks those that are no part of the text if the mark follows them
   * @param blanksMax how many of them are held at most
   */
  MarkSearch(String mark, String blanks, int blanksMax) {
    this.mark = mark.getBytes(UTF_8);
    this.blanks = blanks;
    this.blanksMax = blanksMax;
  }

  /**
   * Takes a byte; returns whether the mark has come, which ends the search.
   *
   * @param text gets what is known to be text
   */
  boolean take(byte b, ByteArrayOutputStream text) {
    if (size == held.length) {
      held = Arrays.copyOf(held, size * 2);
    }
    held[size++] = b;
    boolean found = endsWith(mark.length);
    int from = size - (found ? mark.length : longestBeginning());
    int least = Math.max(0, from - blanksMax);
    while (from > least && blanks.indexOf(held[from - 1]) >= 0) {
      from--;
    }
    text.write(held, 0, from);
    System.arraycopy(held, from, held, 0, size - from);
    size -= from;
    return found;
  }

  /** The text is over without the mark. */
  void end(ByteArrayOutputStream text) {
    text.write(held, 0, size);
    size = 0;
  }

  private int longestBeginning() {
    int length = Math.min(size, mark.length - 1);
    while (!endsWith(length)) {
      length--;
    }
    return length;
  }

  /** Whether so many of the mark's first bytes have just come. */
  private boolean endsWith(int length) {
    return length <= size && Arrays.equals(held, size - length, size, mark, 0, length);
  }
}
