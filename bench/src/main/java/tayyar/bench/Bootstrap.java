package tayyar.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Confidence intervals by drawing the parts of a run again and again, with replacement, to see how
 * the figures might have varied. Parts, not requests, are drawn, because requests of one moment
 * share its luck. The same seed gives the same intervals. One thread.
 */
final class Bootstrap {
  private static final int DRAWS = 1000;
  private static final int PARTS_MIN = 5;
  private static final double TAIL = 0.025;

  /** A figure of a mixture of parts. */
  @FunctionalInterface
  interface Statistic {
    /**
     * The figure.
     *
     * @param weights the times that each part is in the mixture
     */
    double of(int[] weights);
  }

  private final int partsOfA;
  private final int partsOfB;
  private final int[][] drawsOfA;
  private final int[][] drawsOfB;

  /**
   * @param paired whether both draw the same parts
   */
  Bootstrap(int partsOfA, int partsOfB, boolean paired, long seed) {
    this.partsOfA = partsOfA;
    this.partsOfB = partsOfB;
    var random = new SplittableRandom(seed);
    drawsOfA = draws(partsOfA, random);
    drawsOfB = paired ? drawsOfA : draws(partsOfB, random);
  }

  private static int[][] draws(int parts, SplittableRandom random) {
    int[][] draws = new int[DRAWS][parts];
    for (int[] draw : draws) {
      for (int i = 0; i < parts; i++) {
        draw[random.nextInt(parts)]++;
      }
    }
    return draws;
  }

  /**
   * The ratio of the second figure to the first, with its interval where there are enough parts.
   */
  RunComparison.Ratio ratio(String name, boolean time, Statistic first, Statistic second) {
    double a = first.of(ones(partsOfA));
    double b = second.of(ones(partsOfB));
    double ratio = a == 0 ? 0 : b / a;
    if (a == 0 || Math.min(partsOfA, partsOfB) < PARTS_MIN) {
      return new RunComparison.Ratio(name, time, a, b, ratio, false, 0, 0);
    }
    double[] ratios = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      ratios[i] = second.of(drawsOfB[i]) / first.of(drawsOfA[i]);
    }
    Arrays.sort(ratios);
    double low = ratios[(int) (TAIL * DRAWS)];
    double high = ratios[(int) ((1 - TAIL) * DRAWS)];
    // Where the first figure is 0 in too many draws, the ratios are infinite or no numbers.
    boolean known = Double.isFinite(high);
    return new RunComparison.Ratio(
        name, time, a, b, ratio, known, known ? low : 0, known ? high : 0);
  }

  private static int[] ones(int parts) {
    int[] ones = new int[parts];
    Arrays.fill(ones, 1);
    return ones;
  }
}
