package tayyar.limits;

/**
 * Counts one key's requests of the last 60 seconds, in buckets of a second. A request counts in its
 * own second and the 59 that follow. Not thread-safe: the caller locks it.
 */
final class Window {
  static final int SECONDS = 60;

  private final int[] buckets = new int[SECONDS];
  private final Budget.Account memory = new Budget.Account();
  private long second;
  private int total;
  private boolean dropped;

  Window(long second) {
    this.second = second;
  }

  /** Moves on to this second; an earlier one counts as the present one. */
  void advance(long now) {
    long steps = Math.min(now - second, SECONDS);
    for (long step = 1; step <= steps; step++) {
      int bucket = bucket(second + step);
      total -= buckets[bucket];
      buckets[bucket] = 0;
    }
    second = Math.max(second, now);
  }

  int total() {
    return total;
  }

  /** The memory that the key's requests hold. */
  Budget.Account memory() {
    return memory;
  }

  void count() {
    buckets[bucket(second)]++;
    total++;
  }

  /**
   * The seconds, from the beginning of the present one, until fewer than {@code limit} requests
   * count: 1 to 60.
   */
  int secondsUntilBelow(int limit) {
    int left = total;
    for (int age = SECONDS - 1; age > 0; age--) {
      left -= buckets[bucket(second - age)];
      if (left < limit) {
        return SECONDS - age;
      }
    }
    return SECONDS;
  }

  /** Whether it is out of use: a count here would be lost. */
  boolean dropped() {
    return dropped;
  }

  /** Takes it out of use if it counts and holds nothing; returns whether it is out of use. */
  boolean dropIfIdle(long now) {
    dropped |= now - second >= SECONDS && memory.isEmpty();
    return dropped;
  }

  private static int bucket(long second) {
    return Math.floorMod(second, SECONDS);
  }
}
