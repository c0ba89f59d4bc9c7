package tayyar.bench;

import java.util.Map;
import java.util.TreeMap;

/** What is counted of requests, with their times. One thread. */
final class Counts {
  private static final int KINDS_MAX = 64;

  final Times times;

  /** Requests that are over. */
  long ended;

  long completed;
  long failed;

  /** Of those completed, the ones that kept the objective. */
  long good;

  long promptTokens;
  long completionTokens;

  /** Content events of completed requests; tokens stand against them where usage is exact. */
  long deltas;

  // The same as far as it came while requests were sent; this is what rates are made of.
  long deltasWithin;
  long completedWithin;
  long goodWithin;
  long failedWithin;

  /** How many failed, by kind. */
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

  /** Counts one; where there are too many kinds, with others. */
  static void count(Map<String, Long> kinds, String kind) {
    boolean known = kinds.size() < KINDS_MAX || kinds.containsKey(kind);
    kinds.merge(known ? kind : "other", 1L, Long::sum);
  }

  /** How many tokens a content event stands for. */
  double tokensPerDelta() {
    return deltas == 0 || completionTokens == 0 ? 1 : (double) completionTokens / deltas;
  }
}
