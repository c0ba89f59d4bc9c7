package tayyar.limits;

/**
 * Counts what came in the last 60 seconds, in buckets of a second. What came in a second counts in
 * it and in the 59 that follow. Not thread-safe: the caller locks it.
 */
final class Window {
  static final int SECONDS = 60;

  private final long[] buckets = new long[SECONDS];
  private long second;

  /** Index of the present second's bucket; the one behind it is the oldest. */
  private int present;

  private long total;

  Window(long second) {
    this.second = second;
    this.present = bucket(second);
  }

  /** Moves on to this second; an earlier one counts as the present one. */
  void advance(long now) {
    if (now <= second) {
      return;
    }
    long steps = Math.min(now - second, SECONDS);
    for (long step = 1; step <= steps; step++) {
      int bucket = bucket(second + step);
      total -= buckets[bucket];
      buckets[bucket] = 0;
    }
    second = now;
    present = bucket(now);
  }

  long total() {
    return total;
  }

  /** Counts in the present second, and returns that second. */
  long count(long many) {
    buckets[present] += many;
    total += many;
    return second;
  }

  /** Counts less in an earlier second, where that still counts. */
  void giveBack(long at, long many) {
    if (second - at < SECONDS) {
      buckets[bucket(at)] -= many;
      total -= many;
    }
  }

  /**
   * The seconds, from the beginning of the present one, until at most {@code most} counts: 1 to 60.
   */
  int secondsUntil(long most) {
    long left = total;
    int bucket = present;
    for (int seconds = 1; seconds < SECONDS; seconds++) {
      bucket = bucket == SECONDS - 1 ? 0 : bucket + 1;
      left -= buckets[bucket];
      if (left <= most) {
        return seconds;
      }
    }
    return SECONDS;
  }

  private static int bucket(long second) {
    return Math.floorMod(second, SECONDS);
  }
}
