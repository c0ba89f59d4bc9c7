package tayyar.routing;

import java.util.function.LongSupplier;

/**
 * Estimates a target's time to first token: an exponentially weighted mean for each class of prompt
 * sizes, each class four times as large as the one before. An estimate fades with age, so that a
 * target that was slow once is asked again.
 */
final class FirstTokens {
  private static final int CLASSES = 8;
  private static final double NEW = 0.2;
  private static final double HALF_LIFE_NANOS = 30e9;

  private final LongSupplier clock;
  private final double[] mean = new double[CLASSES];
  private final long[] at = new long[CLASSES];

  FirstTokens(LongSupplier clock) {
    this.clock = clock;
  }

  void took(int bytes, long nanos) {
    int size = sizeClass(bytes);
    mean[size] = mean[size] == 0 ? nanos : mean[size] + NEW * (nanos - mean[size]);
    at[size] = clock.getAsLong();
  }

  /** The estimate of the nearest class that has one, in nanoseconds; 0 where none has. */
  double expected(int bytes) {
    int size = sizeClass(bytes);
    for (int distance = 0; distance < CLASSES; distance++) {
      int below = size - distance;
      int above = size + distance;
      if (below >= 0 && mean[below] > 0) {
        return faded(below);
      }
      if (above < CLASSES && mean[above] > 0) {
        return faded(above);
      }
    }
    return 0;
  }

  private double faded(int size) {
    return mean[size] * Math.pow(0.5, (clock.getAsLong() - at[size]) / HALF_LIFE_NANOS);
  }

  /** The class of a size: below 1 KiB, 4 KiB, 16 KiB and so on. */
  private static int sizeClass(int bytes) {
    int kibibytes = bytes >> 10;
    return Math.min(CLASSES - 1, (33 - Integer.numberOfLeadingZeros(kibibytes)) / 2);
  }
}
