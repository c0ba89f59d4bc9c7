package tayyar.limits;

/**
 * How many requests one key has made in the last 60 seconds, in buckets of a second. A request
 * counts in its own second and the 59 that follow. Not thread-safe: the caller locks it.
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

  /** Moves on to this second; one that lies behind is taken for the present one. */
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

  /** What the key's requests hold. */
  Budget.Account memory() {
    return memory;
  }

  void count() {
    buckets[bucket(second)]++;
    total++;
  }

  /**
   * In how many seconds from the present one's beginning fewer than {@code limit} requests will
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

  /** Whether it was taken out of use, so that a count here would be lost. */
  boolean dropped() {
    return dropped;
  }

  /** Takes it out of use if nothing counts or is held any more; true where it is out of use. */
  boolean dropIfIdle(long now) {
    dropped |= now - second >= SECONDS && memory.isEmpty();
    return dropped;
  }

  private static int bucket(long second) {
    return Math.floorMod(second, SECONDS);
  }
}
