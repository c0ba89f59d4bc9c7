package tayyar.bench;

import java.util.Map;
import java.util.TreeMap;

/** Counts of requests, with their times. One thread. */
final class Counts {
  private static final int KINDS_MAX = 64;

  final Times times;

  /** Requests that are over. */
  long ended;

  long completed;
  long failed;

  /** Completed requests that kept the objective. */
  long good;

  long promptTokens;
  long completionTokens;

  /** Content events of completed requests, to be compared with tokens where usage is exact. */
  long deltas;

  // The counts of events that came while requests were sent; rates are made of them.
  long deltasWithin;
  long completedWithin;
  long goodWithin;
  long failedWithin;

  /** Failed requests by kind. */
  final Map<String, Long> failures = new TreeMap<>();

  Counts(Times times) {
    this.times = times;
  }

  void add(Counts other) {
    times.add(other.times);
    ended += other.ended;
    completed += other.completed;
    failed += other.failed;
    good += other.good;
    promptTokens += other.promptTokens;
    completionTokens += other.completionTokens;
    deltas += other.deltas;
    deltasWithin += other.deltasWithin;
    completedWithin += other.completedWithin;
    goodWithin += other.goodWithin;
    failedWithin += other.failedWithin;
    other.failures.forEach((kind, count) -> failures.merge(kind, count, Long::sum));
  }

  void failure(String kind) {
    failed++;
    count(failures, kind);
  }

  /** Counts one of a kind; where there are too many kinds, as one of the others. */
  static void count(Map<String, Long> kinds, String kind) {
    boolean known = kinds.size() < KINDS_MAX || kinds.containsKey(kind);
    kinds.merge(known ? kind : "other", 1L, Long::sum);
  }

  /** The number of tokens of a content event. */
  double tokensPerDelta() {
    return deltas == 0 || completionTokens == 0 ? 1 : (double) completionTokens / deltas;
  }
}
