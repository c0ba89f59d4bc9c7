package tayyar.routing;

import java.util.function.LongSupplier;

/**
 * Judges a target's health by the ends of its tries.
 *
 * <pre>
 *   CLOSED --3 failures in a row, or half of all--> OPEN --after 1, 2, 4 ... 30 s--> HALF_OPEN
 *     ^  ^                                           |  ^                                |
 *     |  +------- the first token of a try ----------+  +----- a failure ----------------+
 *     +------------------------------- the first token of a try -------------------------+
 * </pre>
 *
 * A target with an open breaker is asked only where no other is left, one with a half-open breaker
 * like all others; either gets one request at a time. So an outage costs each request at most one
 * try, and the next request notices a recovery. Besides, a target is not asked at all until its
 * Retry-After is over. Guarded by its pool.
 */
final class Breaker {
  private static final int STRIKES_MAX = 3;
  private static final double TRIES_MIN = 8;
  private static final double SHARE_MAX = 0.5;
  private static final double HALF_LIFE_NANOS = 10e9;
  private static final long OPEN_FIRST_NANOS = 1_000_000_000L;
  private static final int DOUBLINGS_MAX = 5;
  private static final long OPEN_MOST_NANOS = 30 * OPEN_FIRST_NANOS;

  private final LongSupplier clock;
  private int strikes;
  private double good;
  private double bad;
  private long countedNanos;
  private boolean open;
  private int openings;
  private long dueNanos;
  private long restNanos;
  private boolean trial;
  private boolean down;

  Breaker(LongSupplier clock) {
    this.clock = clock;
    this.countedNanos = clock.getAsLong();
    this.restNanos = countedNanos;
  }

  /** Whether requests may go to it as to any other. */
  boolean well() {
    return !down && (!open || (!trial && clock.getAsLong() - dueNanos >= 0));
  }

  /** Whether a request may go to it where there is no other. */
  boolean lastResort() {
    return !trial;
  }

  /** Nanoseconds that are left of its rest; 0 or less where it does not rest. */
  long restNanos() {
    return restNanos - clock.getAsLong();
  }

  /**
   * Counts a request that goes to it.
   *
   * @return whether the request is the trial of a target that was not well
   */
  boolean taken() {
    if (!open && !down) {
      return false;
    }
    trial = true;
    return true;
  }

  /**
   * A try has given its first token: closes an open breaker, which the next failure opens again.
   */
  void began(boolean itsTrial) {
    endTrial(itsTrial);
    down = false;
    if (open) {
      open = false;
      strikes = STRIKES_MAX - 1;
    }
  }

  void ended(Verdict verdict, boolean itsTrial) {
    endTrial(itsTrial);
    switch (verdict) {
      case Verdict.Good _ -> succeeded();
      case Verdict.Failed _ -> failed(itsTrial);
      case Verdict.Busy busy ->
          restNanos = Math.max(restNanos, clock.getAsLong() + busy.rest().toNanos());
      case Verdict.NoBlame _ -> {}
    }
  }

  /**
   * Takes the result of an active probe.
   *
   * @return whether that is news
   */
  boolean probed(boolean up) {
    boolean news = down == up;
    down = !up;
    if (news && open) {
      dueNanos = clock.getAsLong();
    }
    return news;
  }

  boolean open() {
    return open;
  }

  private void endTrial(boolean itsTrial) {
    trial &= !itsTrial;
  }

  private void succeeded() {
    fade();
    good++;
    strikes = 0;
    openings = 0;
    open = false;
  }

  private void failed(boolean itsTrial) {
    fade();
    bad++;
    strikes++;
    double all = good + bad;
    boolean ill = strikes >= STRIKES_MAX || (all >= TRIES_MIN && bad >= SHARE_MAX * all);
    if (open ? itsTrial : ill) {
      shut();
    }
  }

  private void shut() {
    long nanos = OPEN_FIRST_NANOS << Math.min(openings++, DOUBLINGS_MAX);
    open = true;
    dueNanos = clock.getAsLong() + Math.min(nanos, OPEN_MOST_NANOS);
    strikes = 0;
    good = 0;
    bad = 0;
  }

  private void fade() {
    long now = clock.getAsLong();
    double kept = Math.pow(0.5, (now - countedNanos) / HALF_LIFE_NANOS);
    good *= kept;
    bad *= kept;
    countedNanos = now;
  }
}
