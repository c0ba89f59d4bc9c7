package tayyar.grammar;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The bytes of each token of a vocabulary, and the tokens in the order of their bytes, so that
 * those with the same beginning are looked at together. Never changed; safe for use by any thread.
 */
public final class Pieces {
  private final byte[][] all;
  private final int[] order;
  private final int[] shared;
  private final int[] single;
  private final int longest;

  /**
   * Sorts them; takes its time.
   *
   * @param all by token; empty for tokens that are no text
   */
  public Pieces(byte[][] all) {
    this.all = all.clone();
    order =
        IntStream.range(0, all.length)
            .filter(token -> all[token].length > 0)
            .boxed()
            .sorted((a, b) -> Arrays.compareUnsigned(all[a], all[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    shared = new int[order.length];
    for (int i = 1; i < order.length; i++) {
      byte[] before = all[order[i - 1]];
      int mismatch = Arrays.mismatch(before, all[order[i]]);
      shared[i] = mismatch < 0 ? before.length : mismatch;
    }
    single = Arrays.stream(order).filter(token -> all[token].length == 1).toArray();
    longest = Arrays.stream(all).mapToInt(piece -> piece.length).max().orElse(0);
  }

  /** Returns the number of tokens. */
  public int count() {
    return all.length;
  }

  /** Returns the bytes of a token; not to be changed. */
  public byte[] of(int token) {
    return all[token];
  }

  /** The number of tokens that are text. */
  int sorted() {
    return order.length;
  }

  /** The token at a place in their order. */
  int token(int place) {
    return order[place];
  }

  /** How many bytes it shares with the one before it. */
  int shared(int place) {
    return shared[place];
  }

  /** The tokens of one byte each. */
  int[] single() {
    return single;
  }

  int longest() {
    return longest;
  }
}
