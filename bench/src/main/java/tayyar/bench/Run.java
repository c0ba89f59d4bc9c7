package tayyar.bench;

import java.util.List;
import java.util.Map;

/**
 * The result of a measurement, with the members of its JSON file. Times are in milliseconds, spans
 * in seconds. Immutable.
 *
 * @param format {@link #FORMAT}
 * @param began the time of the start, ISO 8601 in UTC
 * @param setup the settings of the measurement
 * @param generator the cost of the measurement itself
 * @param sides one for each endpoint
 */
public record Run(String format, String began, Setup setup, Generator generator, List<Side> sides) {
  /** The form of the file. */
  public static final String FORMAT = "tayyar-bench/4";

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
      String protocol,
      boolean keepAlive,
      boolean numbered,
      int threads,
      String transport,
      long seed) {}

  /** Whether the endpoints were asked in turns, so that a disturbance of one affected the other. */
  public boolean inTurns() {
    return setup.rounds() > 1;
  }

  /**
   * The cost of the measurement itself.
   *
   * @param microsPerEvent CPU of the whole process for each event read, in microseconds
   * @param busiest the share of its time that the busiest event loop worked, 0 to 1
   * @param events the number of events read
   * @param sentAgain requests sent a second time, because a kept connection had ended
   * @param late the delay of requests behind their intended start, in an open loop
   */
  public record Generator(
      double microsPerEvent, double busiest, long events, long sentAgain, Latency late) {}

  /**
   * The results of one endpoint.
   *
   * @param seconds how long it was asked
   * @param failures answers that were not whole, by kind
   * @param flaws defects of whole answers, by kind
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
   * The figures of some requests. Rates count events that came while requests were sent.
   *
   * @param good completed and within the objective
   * @param delay from a token's stamp to its arrival; empty where tokens are not stamped
   * @param failures failed requests, by kind
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
   * @param at time from the beginning, without the turns of other endpoints
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
