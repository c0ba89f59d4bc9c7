package tayyar.bench;

import java.time.Duration;
import java.util.List;

/**
 * A whole measurement, checked. Immutable.
 *
 * @param endpoints one, or several that are measured in turns
 * @param arrivals the arrivals of requests
 * @param prompts the requests
 * @param stream whether answers are streamed
 * @param objective the bounds of a good request
 * @param warmUp time of uncounted requests, at each endpoint
 * @param duration total time of each endpoint, or zero where requests are counted
 * @param requests total requests of each endpoint, or 0 where time counts
 * @param rounds the number of turns; 1 with one endpoint
 * @param ramp over which the users of a closed loop come in, at the start of a turn
 * @param timeout the longest answer
 * @param grace time for which answers under way may go on after a turn's end
 * @param connections what is spoken on connections and how often they are used
 * @param targetHeader the field of an answer that names its target, in any case
 * @param threads event loops, 1 to 64
 * @param seed decides prompts, lengths and arrivals
 */
public record LoadPlan(
    List<MeasuredEndpoint> endpoints,
    Arrivals arrivals,
    Prompts prompts,
    boolean stream,
    Objective objective,
    Duration warmUp,
    Duration duration,
    long requests,
    int rounds,
    Duration ramp,
    Duration timeout,
    Duration grace,
    ConnectionUse connections,
    String targetHeader,
    int threads,
    long seed) {

  /**
   * Most requests under way at once in an open loop; a further request is not sent and counts as
   * failed.
   */
  static final int UNDER_WAY_MAX = 100_000;

  /** Refuses a plan that can't be measured. */
  public LoadPlan {
    endpoints = List.copyOf(endpoints);
    must(!endpoints.isEmpty() && endpoints.size() <= 8, "Name 1 to 8 endpoints by --url.");
    must(
        endpoints.stream().map(MeasuredEndpoint::name).distinct().count() == endpoints.size(),
        "Two endpoints have the same name; write --url NAME=URL.");
    must(
        stream || !objective.isOfStreams(),
        "Answers that are not streamed have no times between tokens; their objective is e2e alone.");
    must(requests > 0 ^ duration.isPositive(), "Say either --duration or --requests.");
    must(requests <= 1_000_000_000, "--requests is at most 1000000000.");
    must(duration.compareTo(Duration.ofDays(7)) <= 0, "--duration is at most 7 days.");
    must(rounds >= 1 && rounds <= 1000, "--rounds is " + rounds + "; it must be 1 to 1000.");
    must(requests == 0 || requests >= rounds, "There are more rounds than requests.");
    must(threads >= 1 && threads <= 64, "--threads is " + threads + "; it must be 1 to 64.");
    must(
        targetHeader.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}"),
        "--target-header is no name of a field.");
    must(timeout.isPositive(), "--timeout must be above zero.");
    must(
        !(warmUp.isNegative() || ramp.isNegative() || grace.isNegative()),
        "Times can't be negative.");
  }

  /** The length of one turn in nanoseconds; 0 where requests are counted. */
  long turnNanos() {
    return duration.toNanos() / rounds;
  }

  /** The number of requests of one turn; 0 where time counts. */
  long turnRequests(int round) {
    return requests / rounds + (round < requests % rounds ? 1 : 0);
  }

  private static void must(boolean good, String sentence) {
    if (!good) {
      throw new PlanException(sentence);
    }
  }
}
