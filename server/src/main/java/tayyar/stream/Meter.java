package tayyar.stream;

import org.jspecify.annotations.Nullable;
import tayyar.api.Ended.Timing;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Usage;

/**
 * Counts one stream: tokens, time to first token, gaps. Pure: the clock's readings are given. Not
 * safe for use by more than one thread.
 */
final class Meter {
  private final long startedAtMs;
  private final long startedNanos;
  private final InferenceRequest request;
  private final Gaps gaps = new Gaps();
  private long firstNanos;
  private long lastNanos;
  private int deltas;
  private boolean whole;
  private @Nullable Usage given;

  /**
   * Starts.
   *
   * @param startedAtMs milliseconds since the epoch
   * @param startedNanos the same moment by {@link System#nanoTime()}
   * @param request for the estimate
   */
  Meter(long startedAtMs, long startedNanos, InferenceRequest request) {
    this.startedAtMs = startedAtMs;
    this.startedNanos = startedNanos;
    this.request = request;
  }

  /** Whether what comes is one document, in which no token has a time of its own. */
  void whole(boolean its) {
    whole = its;
  }

  void delta(long nowNanos) {
    if (deltas++ == 0) {
      firstNanos = nowNanos;
    } else if (!whole) {
      gaps.record((nowNanos - lastNanos) / 1000);
    }
    lastNanos = nowNanos;
  }

  void usage(Usage usage) {
    given = usage;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** When the last delta came, or the start where none did. */
  long lastNanos() {
    return deltas > 0 ? lastNanos : startedNanos;
  }

  /**
   * The upstream's numbers, or an estimate: a token for each delta seen, and one for every four
   * bytes of the prompt; a vector has no token of its own. A 0 is no number of the upstream's where
   * there is a prompt, or a text. Where nothing was produced and nothing given, no token is
   * counted.
   */
  Usage usage() {
    int written = request.endpoint() == Endpoint.EMBEDDINGS ? 0 : deltas;
    Usage its = given;
    if (its == null) {
      return deltas == 0 ? Usage.NONE : new Usage(prompt(), written, 0, true);
    }
    boolean noPrompt = its.promptTokens() == 0;
    boolean noText = its.completionTokens() == 0 && written > 0;
    return noPrompt || noText
        ? new Usage(
            noPrompt ? prompt() : its.promptTokens(),
            noText ? written : its.completionTokens(),
            its.cachedTokens(),
            true,
            its.details())
        : its;
  }

  private int prompt() {
    return (request.promptBytes() + 3) / 4;
  }

  Timing timing(long nowNanos) {
    return new Timing(
        startedAtMs,
        deltas > 0 && !whole ? (firstNanos - startedNanos) / 1000 : -1,
        (nowNanos - startedNanos) / 1000,
        gaps.percentile(0.50),
        gaps.percentile(0.99));
  }
}
