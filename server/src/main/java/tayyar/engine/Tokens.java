package tayyar.engine;

import java.util.Arrays;

/** A growing list of tokens. */
final class Tokens {
  private int[] all = new int[256];
  private int size;

  int size() {
    return size;
  }

  void add(int token) {
    if (size == all.length) {
      all = Arrays.copyOf(all, size * 2);
    }
    all[size++] = token;
  }

  /** Becomes the same as another list. */
  void copy(Tokens other) {
    all = other.all.clone();
    size = other.size;
  }

  void cutTo(int length) {
    size = length;
  }

  /** Returns the length of the common beginning, in tokens. */
  int commonPrefix(int[] other) {
    int most = Math.min(size, other.length);
    int mismatch = Arrays.mismatch(all, 0, most, other, 0, most);
    return mismatch < 0 ? most : mismatch;
  }
}
