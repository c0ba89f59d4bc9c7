package tayyar.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * One turn's counts, slice by slice of time. Where the turn's length is not known, slices grow: two
 * become one whenever there are too many. One thread.
 */
final class Slices {
  private final long startNanos;
  private final int most;
  private final boolean fixed;
  private final List<Counts> slices = new ArrayList<>();
  private long widthNanos;
  private long currentEnd;
  private Counts current;

  /**
   * @param widthNanos of one slice, above 0
   * @param most the largest number of slices
   * @param fixed whether later counts belong to the last slice
   */
  Slices(long startNanos, long widthNanos, int most, boolean fixed) {
    this.startNanos = startNanos;
    this.widthNanos = widthNanos;
    this.most = most;
    this.fixed = fixed;
    this.current = slice(0);
  }

  /** The slice of a time, which is at most a moment before the time of the last call. */
  Counts at(long now) {
    if (now < currentEnd) {
      return current;
    }
    long index = (now - startNanos) / widthNanos;
    if (fixed) {
      index = Math.min(index, most - 1);
    }
    while (index >= most) {
      fold();
      index = (now - startNanos) / widthNanos;
    }
    current = slice((int) index);
    return current;
  }

  private Counts slice(int index) {
    while (slices.size() <= index) {
      slices.add(new Counts(Times.small()));
    }
    boolean last = fixed && index == most - 1;
    currentEnd = last ? Long.MAX_VALUE : startNanos + (index + 1) * widthNanos;
    return slices.get(index);
  }

  private void fold() {
    for (int i = 0; i < slices.size(); i += 2) {
      Counts both = slices.get(i);
      if (i + 1 < slices.size()) {
        both.add(slices.get(i + 1));
      }
      slices.set(i / 2, both);
    }
    slices.subList((slices.size() + 1) / 2, slices.size()).clear();
    widthNanos *= 2;
  }

  /** Makes the slices up to the turn's end, empty ones included. */
  void until(long lengthNanos) {
    var _ = at(startNanos + lengthNanos - 1);
  }

  /** Adds another lane's counts of the same turn. */
  void add(Slices other) {
    while (widthNanos < other.widthNanos) {
      fold();
    }
    while (other.widthNanos < widthNanos) {
      other.fold();
    }
    for (int i = 0; i < other.slices.size(); i++) {
      slice(i).add(other.slices.get(i));
    }
  }

  List<Counts> slices() {
    return slices;
  }

  long widthNanos() {
    return widthNanos;
  }

  /** The newest slice that is not empty, to show the present state. */
  Counts newest() {
    return current;
  }
}
