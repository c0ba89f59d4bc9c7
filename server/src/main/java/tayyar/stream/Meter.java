package tayyar.stream;

import org.jspecify.annotations.Nullable;
import tayyar.api.Ended.Timing;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Usage;

/**
 * Counts one stream: tokens, time to first token, gaps. Reads no clock: callers pass the times. Not
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
  private int members;

  /** Tokens of which the upstream's numbers tell; -1 until all is here that came with them. */
  private int told;

  private boolean whole;
  private @Nullable Usage given;

  /**
   * Starts counting.
   *
   * @param startedAtMs milliseconds since the epoch
   * @param startedNanos the same moment by {@link System#nanoTime()}
   * @param request the request, whose prompt is estimated where the upstream counts no tokens
   */
  Meter(long startedAtMs, long startedNanos, InferenceRequest request) {
    this.startedAtMs = startedAtMs;
    this.startedNanos = startedNanos;
    this.request = request;
  }

  /** Sets whether the answer comes as one document; its tokens then have no times of their own. */
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

  /**
   * Counts a member of a message that is no text, as sound or images are.
   *
   * @return whether it stands for a token: some servers tell one text twice, and once so
   */
  boolean member() {
    return ++members > deltas;
  }

  void usage(Usage usage) {
    given = usage;
    told = -1;
  }

  /** All that came at once has been counted. */
  void readComplete() {
    told = told < 0 ? written() : told;
  }

  /** Tokens that have come, as far as we can see. */
  int written() {
    return Math.max(deltas, members);
  }

  long startedNanos() {
    return startedNanos;
  }

  /** Returns the time of the last delta; before the first, that of the start. */
  long lastNanos() {
    return deltas > 0 ? lastNanos : startedNanos;
  }

  /**
   * Returns the upstream's numbers, or an estimate: one token for each delta, and one for every
   * four bytes of the prompt; a vector counts no token. A 0 of the upstream is replaced by the
   * estimate where there was a prompt, or a text; what came behind its numbers is added to them.
   * Without an answer and without numbers, no token is counted.
   */
  Usage usage() {
    int written = request.endpoint() == Endpoint.EMBEDDINGS ? 0 : written();
    Usage its = given;
    if (its == null) {
      return written() == 0 ? Usage.NONE : new Usage(request.estimatedTokens(), written, 0, true);
    }
    boolean noPrompt = its.promptTokens() == 0;
    boolean echo = request.wantsNoToken();
    boolean noText = its.completionTokens() == 0 && written > 0 && !echo;
    int untold = whole || noText || echo || told < 0 ? 0 : Math.max(0, written - told);
    return noPrompt || noText || untold > 0
        ? its.counted(
            noPrompt ? request.estimatedTokens() : its.promptTokens(),
            noText ? written : its.completionTokens() + untold,
            true)
        : its;
  }

  /**
   * An estimate of the prompt's tokens; 0 where the answer is wanted whole, for which nothing is
   * paid before all of it is there.
   */
  int streamedPrompt() {
    return request.stream() ? request.estimatedTokens() : 0;
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
