package tayyar.bench;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;

/** The times of an answer, in nanoseconds, as histograms of three digits. One thread. */
final class Times {
  private static final int DIGITS = 3;
  private static final long FINEST_NANOS = 128;
  private static final long LONGEST_NANOS = 86_400_000_000_000L;

  final AbstractHistogram ttft;
  final AbstractHistogram itl;
  final AbstractHistogram tpot;
  final AbstractHistogram e2e;

  /** On the way: from a token's stamp to its arrival, where tokens are stamped. */
  final AbstractHistogram delay;

  private Times(boolean large) {
    ttft = histogram(large);
    itl = histogram(large);
    tpot = histogram(large);
    e2e = histogram(large);
    delay = histogram(large);
  }

  /** Histograms with room for any count. */
  static Times large() {
    return new Times(true);
  }

  /** Histograms of half the memory, for up to two thousand million values each. */
  static Times small() {
    return new Times(false);
  }

  static AbstractHistogram histogram(boolean large) {
    AbstractHistogram histogram =
        large
            ? new Histogram(FINEST_NANOS, 2 * FINEST_NANOS, DIGITS)
            : new IntCountsHistogram(FINEST_NANOS, 2 * FINEST_NANOS, DIGITS);
    histogram.setAutoResize(true);
    return histogram;
  }

  static void record(AbstractHistogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  void add(Times other) {
    ttft.add(other.ttft);
    itl.add(other.itl);
    tpot.add(other.tpot);
    e2e.add(other.e2e);
    delay.add(other.delay);
  }
}
