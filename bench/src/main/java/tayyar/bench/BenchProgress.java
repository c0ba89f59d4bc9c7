package tayyar.bench;

import java.util.List;

/** Watches a measurement. */
@FunctionalInterface
public interface BenchProgress {

  /**
   * The present state of a measurement.
   *
   * @param phase the present step, in words
   * @param done the share of the whole measurement that is over, 0 to 1
   * @param elapsedSeconds time since the beginning
   * @param underWay requests on their way
   * @param completed since the beginning, the warm-up included
   * @param failed the same
   * @param events the same
   * @param recent times of the last slice of time: ttft and itl, each p50 and p99 in milliseconds;
   *     0 where nothing is known
   */
  record Now(
      String phase,
      double done,
      double elapsedSeconds,
      int underWay,
      long completed,
      long failed,
      long events,
      List<Double> recent) {}

  /** Called some times a second, by one thread. */
  void at(Now now);
}
