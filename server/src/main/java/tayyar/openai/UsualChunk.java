package tayyar.openai;

import java.util.Arrays;
import tayyar.wire.Utf8;

/**
 * The form that one upstream's chunks of text have, learned from the last that was read whole. Two
 * chunks of a stream differ, most of the time, in nothing but their text: what stands before and
 * behind it is compared then, not read again, and the text is taken as it is. Whatever differs
 * otherwise, or has a text with an escape in it, has to be read. Not safe for use by more than one
 * thread.
 */
final class UsualChunk {
  private static final byte[] EMPTY = {};

  private byte[] before = EMPTY;
  private byte[] behind = EMPTY;
  private int choice;
  private boolean offered;

  /**
   * Offers a chunk as the template, see {@link #learn}. A stream's first offer is passed over: many
   * an answer has no second chunk.
   */
  void offer(byte[] bytes, int from, int to, int textFrom, int textTo, int itsChoice) {
    if (offered) {
      learn(bytes, from, to, textFrom, textTo, itsChoice);
    }
    offered = true;
  }

  /**
   * Takes this chunk for a model: it gave this text to this choice, and nothing else.
   *
   * @param from of the chunk
   * @param to of the chunk
   * @param textFrom behind the opening quote of the text
   * @param textTo before its closing quote
   */
  void learn(byte[] bytes, int from, int to, int textFrom, int textTo, int itsChoice) {
    before = Arrays.copyOfRange(bytes, from, textFrom);
    behind = Arrays.copyOfRange(bytes, textTo, to);
    choice = itsChoice;
  }

  /** Whether a chunk is as the last that was learned, but for its text. */
  boolean is(byte[] bytes, int from, int to) {
    int textFrom = textFrom(from);
    int textTo = textTo(to);
    return before.length > 0
        && textFrom <= textTo
        && Arrays.equals(bytes, textTo, to, behind, 0, behind.length)
        && Arrays.equals(bytes, from, textFrom, before, 0, before.length)
        && Utf8.isPlain(bytes, textFrom, textTo);
  }

  int textFrom(int from) {
    return from + before.length;
  }

  int textTo(int to) {
    return to - behind.length;
  }

  int choice() {
    return choice;
  }
}
