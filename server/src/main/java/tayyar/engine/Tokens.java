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

  /** Becomes the same as another list, and takes no more memory than it needs. */
  void copy(Tokens other) {
    all = Arrays.copyOf(other.all, Math.max(1, other.size));
    size = other.size;
  }

  void cutTo(int length) {
    size = length;
  }

  /** Returns the length of the common beginning, in tokens. */
  int commonPrefix(int[] other) {
    return commonPrefix(other, other.length);
  }

  /** The same with the first ones of the other. */
  int commonPrefix(int[] other, int ofOther) {
    int most = Math.min(size, ofOther);
    int mismatch = Arrays.mismatch(all, 0, most, other, 0, most);
    return mismatch < 0 ? most : mismatch;
  }

  /** The same of two lists. */
  int commonPrefix(Tokens other) {
    return commonPrefix(other.all, other.size);
  }
}
