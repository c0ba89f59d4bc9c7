package tayyar.bench;

import java.util.random.RandomGenerator;

/**
 * The intended starts of an open loop, in nanoseconds from its beginning. They depend only on the
 * seed, so that no answer, however late, moves the next request: latencies from them include all
 * waiting. One thread.
 */
final class Timetable {
  private static final double SECOND = 1e9;

  private final double meanGapNanos;
  private final boolean poisson;
  private final RandomGenerator random;
  private double atNanos;

  Timetable(Arrivals.OpenLoop open, RandomGenerator random) {
    this.meanGapNanos = SECOND / open.perSecond();
    this.poisson = open.poisson();
    this.random = random;
  }

  /** The next start; never before the one given last. */
  long next() {
    double at = atNanos;
    double gap = poisson ? meanGapNanos * random.nextExponential() : meanGapNanos;
    atNanos += gap;
    return (long) (poisson ? atNanos : at);
  }
}
