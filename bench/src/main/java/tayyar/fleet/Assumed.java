package tayyar.fleet;

import java.util.SplittableRandom;

/**
 * What one run assumes. Times of the distributions are medians of log-normal ones.
 *
 * @param open streams at once, at the beginning and on average
 * @param replicas gateways
 * @param loops event loops of each, with a core for each
 * @param seconds how long it runs
 * @param requestMicros CPU of a request, half at its beginning and half at its end
 * @param chunkMicros CPU of a chunk
 * @param killedAt the second in which a replica is killed and stays away; -1 for never
 * @param burstAt the second from which twice as many requests come, for five; -1 for never
 * @param restartAt the second in which a tenth of the replicas begins to drain; -1 for never
 * @param seed makes a run repeatable
 */
public record Assumed(
    int open,
    int replicas,
    int loops,
    int seconds,
    double requestMicros,
    double chunkMicros,
    int killedAt,
    int burstAt,
    int restartAt,
    long seed) {
  /** Microseconds before the first token. */
  static final LogNormal PREFILL = new LogNormal(500_000, 1.0, 10_000, 30_000_000);

  /** Tokens of an answer. */
  static final LogNormal TOKENS = new LogNormal(200, 0.9, 1, 4_000);

  /** Microseconds between two tokens: the embedded engine's at eight streams. */
  static final LogNormal PACE = new LogNormal(47_800, 0.6, 8_000, 500_000);

  /**
   * A distribution, cut at both ends.
   *
   * @param sigma of the logarithm
   */
  record LogNormal(double median, double sigma, double least, double most) {
    double draw(SplittableRandom random) {
      double drawn = median * Math.exp(sigma * random.nextGaussian());
      return Math.clamp(drawn, least, most);
    }
  }

  /** A run of so many replicas in which nothing happens. */
  public static Assumed quiet(int open, int replicas, int loops, int seconds) {
    return new Assumed(open, replicas, loops, seconds, 71.7, 20.1, -1, -1, -1, 1);
  }

  /** The same with a replica that is killed. */
  public Assumed killed(int at) {
    return new Assumed(
        open, replicas, loops, seconds, requestMicros, chunkMicros, at, burstAt, restartAt, seed);
  }

  /** The same with a burst. */
  public Assumed burst(int at) {
    return new Assumed(
        open, replicas, loops, seconds, requestMicros, chunkMicros, killedAt, at, restartAt, seed);
  }

  /** The same where a tenth drains. */
  public Assumed restart(int at) {
    return new Assumed(
        open, replicas, loops, seconds, requestMicros, chunkMicros, killedAt, burstAt, at, seed);
  }
}
