package tayyar.grammar;

import java.util.Arrays;

/** A list of longs that can be asked whether it has one. Belongs to one thread. */
final class Longs {
  private static final int FEW = 16;

  private long[] all = new long[64];
  private int size;

  /** Places in {@link #all} plus 1, by hash; used once there are more than a few. */
  private int[] index = new int[256];

  private boolean indexed;

  int size() {
    return size;
  }

  void clear() {
    size = 0;
    if (indexed) {
      Arrays.fill(index, 0);
      indexed = false;
    }
  }

  void add(long value) {
    if (size == all.length) {
      all = Arrays.copyOf(all, size * 2);
    }
    all[size++] = value;
  }

  /** Adds it unless it is there; returns whether it was not. Not to be mixed with the others. */
  boolean addNew(long value) {
    if (size < FEW) {
      for (int i = 0; i < size; i++) {
        if (all[i] == value) {
          return false;
        }
      }
      add(value);
      return true;
    }
    if (!indexed || size * 2 > index.length) {
      reindex();
    }
    int at = place(value);
    if (index[at] != 0) {
      return false;
    }
    add(value);
    index[at] = size;
    return true;
  }

  private void reindex() {
    int length = index.length;
    while (size * 2 > length) {
      length *= 2;
    }
    index = new int[length];
    indexed = true;
    for (int i = 0; i < size; i++) {
      index[place(all[i])] = i + 1;
    }
  }

  private int place(long value) {
    long mixed = value * 0x9E3779B97F4A7C15L;
    int at = (int) (mixed >>> 40) & index.length - 1;
    while (index[at] != 0 && all[index[at] - 1] != value) {
      at = at + 1 & index.length - 1;
    }
    return at;
  }

  long removeLast() {
    return all[--size];
  }

  long[] sorted() {
    long[] copy = Arrays.copyOf(all, size);
    Arrays.sort(copy);
    return copy;
  }
}
