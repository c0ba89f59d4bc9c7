package tayyar.testing;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Random cases that can be had again: each has a seed, and a failing one names it. To run that case
 * alone: {@code -Dtayyar.seed=...}.
 */
public final class Cases {
  private Cases() {}

  /** One case. */
  @FunctionalInterface
  public interface Case {
    /** Runs with numbers that depend on the seed alone. */
    void run(RandomGenerator random) throws Exception;
  }

  /** Runs a case many times with different seeds. */
  public static void times(int count, Case one) {
    Long given = Long.getLong("tayyar.seed");
    long first = given == null ? System.nanoTime() : given;
    int most = given == null ? count : 1;
    for (long seed = first; seed < first + most; seed++) {
      try {
        one.run(of(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("fails with -Dtayyar.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** The numbers that belong to a seed. */
  public static RandomGenerator of(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** One of several things. */
  @SafeVarargs
  public static <T> T one(RandomGenerator random, T... of) {
    return of[random.nextInt(of.length)];
  }
}
