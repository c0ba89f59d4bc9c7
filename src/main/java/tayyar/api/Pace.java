package tayyar.api;

import java.time.Duration;

/**
 * How long things gather before they are dealt with together: for a time at most, and less where
 * many come, so that a group keeps its size. What waits has to live through the garbage collections
 * of its time. Pure; not safe for use by more than one thread.
 */
public final class Pace {
  private final long mostMs;
  private final int group;
  private long nextMs;

  /**
   * Begins with the longest time.
   *
   * @param most of milliseconds, at least one
   * @param group how many are enough for a group, at least 1
   */
  public Pace(Duration most, int group) {
    this.mostMs = most.toMillis();
    this.group = group;
    this.nextMs = mostMs;
  }

  /** How long the next group gathers. */
  public Duration next() {
    return Duration.ofMillis(nextMs);
  }

  /** So many came in the last such time, 0 or more. */
  public void came(int count) {
    nextMs = Math.clamp(nextMs * group / Math.max(1, count), 1, mostMs);
  }
}
