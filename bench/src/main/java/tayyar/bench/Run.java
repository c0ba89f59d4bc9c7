package tayyar.bench;

import java.util.List;
import java.util.Map;

/**
 * The result of a measurement, as its JSON file has it. Times are in milliseconds, spans in
 * seconds. Immutable.
 *
 * @param format {@link #FORMAT}
 * @param began when, ISO 8601 in UTC
 * @param setup what was measured how
 * @param generator what the measuring itself took
 * @param sides one for each endpoint
 */
public record Run(String format, String began, Setup setup, Generator generator, List<Side> sides) {
  /** The form of the file. */
  public static final String FORMAT = "tayyar-bench/3";

  /** The plan in words. */
  public record Setup(
      String arrivals,
      String prompts,
      String answers,
      List<String> models,
      boolean stream,
      boolean usage,
      String script,
      String extra,
      List<String> headers,
      String objective,
      double warmUpSeconds,
      double durationSeconds,
      long requests,
      int rounds,
      boolean keepAlive,
      boolean numbered,
      int threads,
      String transport,
      long seed) {}

  /** Whether the endpoints were asked in turns, so that what disturbed one disturbed the other. */
  public boolean inTurns() {
    return setup.rounds() > 1;
  }

  /**
   * What the measuring itself took.
   *
   * @param microsPerEvent CPU of the whole process for each event read, in microseconds
   * @param busiest the share of its time that the busiest event loop worked, 0 to 1
   * @param events how many were read
   * @param sentAgain requests sent a second time, because a kept connection had ended
   * @param late how far behind its intended start a request of an open loop was begun
   */
  public record Generator(
      double microsPerEvent, double busiest, long events, long sentAgain, Latency late) {}

  /**
   * What one endpoint did.
   *
   * @param seconds how long it was asked
   * @param failures answers that were not whole, by kind
   * @param flaws what whole answers should not have, by kind
   * @param turns its turns, in order
   * @param series slices of time, for plots
   * @param blocks parts of the run that can stand for others, for confidence intervals
   * @param samples some requests, for plots
   */
  public record Side(
      String name,
      String url,
      double seconds,
      Figures all,
      Map<String, Figures> models,
      Map<String, Figures> sizes,
      Map<String, Figures> targets,
      Map<String, Long> failures,
      Map<String, Long> flaws,
      List<Stint> turns,
      List<Point> series,
      List<Block> blocks,
      List<Sample> samples) {

    Side named(String other) {
      return new Side(
          other, url, seconds, all, models, sizes, targets, failures, flaws, turns, series, blocks,
          samples);
    }
  }

  /**
   * One turn of an endpoint, with all requests that began in it.
   *
   * @param began milliseconds since 1970
   * @param ended when its last answer was there, in the same way
   * @param seconds how long it was asked
   */
  public record Stint(
      long began,
      long ended,
      double seconds,
      long requests,
      long failed,
      long completionTokens,
      Latency ttft,
      Latency delay,
      Latency e2e) {}

  /**
   * The figures of some requests. Rates count what came while requests were sent.
   *
   * @param good completed and within the objective
   * @param delay from a token's stamp to its arrival; of nothing where tokens are not stamped
   * @param failures those that failed, by kind
   */
  public record Figures(
      long requests,
      long completed,
      long failed,
      long good,
      double requestsPerSecond,
      double tokensPerSecond,
      double goodPerSecond,
      long promptTokens,
      long completionTokens,
      Latency ttft,
      Latency itl,
      Latency tpot,
      Latency e2e,
      Latency delay,
      Map<String, Long> failures) {}

  /**
   * A distribution of times.
   *
   * @param curve the values at the shares of {@link Latencies#CURVE}, or empty where count is 0
   */
  public record Latency(
      long count,
      double mean,
      double p50,
      double p90,
      double p95,
      double p99,
      double p999,
      double max,
      List<Double> curve) {}

  /**
   * One slice of time.
   *
   * @param at from the beginning, not counting what other endpoints had
   */
  public record Point(
      double at,
      double seconds,
      double tokens,
      long requests,
      long failed,
      double ttft50,
      double ttft99,
      double itl50,
      double itl99) {}

  /** One part of the run; its histograms (nanoseconds) in HdrHistogram's V2 form, as base64. */
  public record Block(
      double seconds,
      double tokens,
      long requests,
      long good,
      long failed,
      String ttft,
      String itl,
      String tpot,
      String e2e) {}

  /** One request; a ttft of -1 is none. */
  public record Sample(
      double at, String model, int prompt, int output, double ttft, double e2e, boolean good) {}
}
