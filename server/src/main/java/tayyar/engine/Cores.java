package tayyar.engine;

/**
 * The number of threads that compute the next step: all, or one fewer while somebody else needs a
 * core. llama.cpp's threads wait for each other by spinning, many times a token, so that one which
 * has to share its core holds up all the others: two threads on two cores, one of them busy, are
 * ten times slower than one thread. It shows in the process getting less time than its threads
 * could use.
 *
 * <p>While one is left out, all are tried again from time to time, more rarely each time in vain.
 * Not safe for use by more than one thread, but for {@link #give}.
 */
final class Cores {
  /** Below this share of the time that its threads could use, the process shares a core. */
  private static final double UNDISTURBED = 0.85;

  private static final int STEPS_FIRST = 32;
  private static final int STEPS_MOST = 2048;

  /** So many steps undisturbed, and what disturbed has gone. */
  private static final int STEPS_STEADY = 64;

  private final int most;
  private volatile int given;
  private int all;
  private double share = 1;
  private int stepsWithFewer;
  private int pause = STEPS_FIRST;
  private int steady;

  /**
   * Begins with all that there may be.
   *
   * @param all at least 1
   */
  Cores(int all) {
    this.most = all;
    this.given = all;
    this.all = all;
  }

  /**
   * Gives it so many from the next step on, as other engines compute beside it. Safe for use by any
   * thread.
   *
   * @param threads at least 1; above all of them, all of them
   * @return whether that is another number than before
   */
  boolean give(int threads) {
    int now = Math.clamp(threads, 1, most);
    boolean other = now != given;
    given = now;
    return other;
  }

  /** Threads for the next step: at least 1. */
  int next() {
    int now = given;
    if (now != all) {
      all = now;
      share = 1;
      steady = 0;
      stepsWithFewer = 0;
      pause = STEPS_FIRST;
    }
    return stepsWithFewer > 0 ? all - 1 : all;
  }

  /**
   * Learns from a step.
   *
   * @param wallNanos how long it took
   * @param cpuNanos time that all threads of the process ran meanwhile
   */
  void took(long wallNanos, long cpuNanos) {
    if (all == 1) {
      return;
    }
    if (stepsWithFewer > 0) {
      stepsWithFewer--;
      return;
    }
    share = 0.8 * share + 0.2 * cpuNanos / ((double) wallNanos * all);
    if (share < UNDISTURBED) {
      share = 1;
      steady = 0;
      stepsWithFewer = pause;
      pause = Math.min(STEPS_MOST, 2 * pause);
    } else if (++steady >= STEPS_STEADY) {
      pause = STEPS_FIRST;
    }
  }
}
