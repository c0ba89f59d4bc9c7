package tayyar.api;

import java.util.List;

/**
 * Everything there is to say of a request that is over; the ledger's row, the log's line.
 *
 * @param requestId the X-Request-Id of the answer
 * @param keyId id of the key, empty where none was valid
 * @param keyHint how lists show the key, empty where none was valid
 * @param model the model's name as the client wrote it, its first 200 characters at most; empty
 *     where the request was unreadable
 * @param target name of the target that answered or was asked last, empty where none was asked
 * @param attempts how many targets were asked, 0 or more
 * @param streamed whether server-sent events were asked for
 * @param outcome how it ended
 * @param status the HTTP status that was sent, or 499 where the client left before its end
 * @param usage the tokens
 * @param timing the times
 * @param course how it went
 * @param charge what it costs
 */
public record Ended(
    String requestId,
    String keyId,
    String keyHint,
    String model,
    String target,
    int attempts,
    boolean streamed,
    Outcome outcome,
    int status,
    Usage usage,
    Timing timing,
    Course course,
    Charge charge) {
  private static final int MODEL_CHARS_MAX = 200;

  /** One that costs nothing. */
  public Ended(
      String requestId,
      String keyId,
      String keyHint,
      String model,
      String target,
      int attempts,
      boolean streamed,
      Outcome outcome,
      int status,
      Usage usage,
      Timing timing,
      Course course) {
    this(
        requestId,
        keyId,
        keyHint,
        model,
        target,
        attempts,
        streamed,
        outcome,
        status,
        usage,
        timing,
        course,
        Charge.NONE);
  }

  /** A model's name comes from the client and may be of any length. */
  public Ended {
    model = Clip.to(MODEL_CHARS_MAX, model);
  }

  /**
   * Times of a request.
   *
   * @param startedAtMs when the request's head was read, milliseconds since the epoch
   * @param firstTokenMicros from there to the first content, or -1 where none came
   * @param durationMicros from there to the end
   * @param gapP50Micros median time between two deltas, or -1 with fewer than two
   * @param gapP99Micros 99th percentile of the same
   */
  public record Timing(
      long startedAtMs,
      long firstTokenMicros,
      long durationMicros,
      long gapP50Micros,
      long gapP99Micros) {}

  /**
   * What an operator asks of a request besides.
   *
   * @param endpoint where it was asked
   * @param finish the model's own reason to end, empty where it gave none
   * @param bytesIn bytes of the request's body; the size of its prompt, as near as makes no matter
   * @param bytesOut bytes of the answer that were given to the socket, with head and framing
   * @param queuedMicros how long it waited for a target with room, in all
   * @param tries each target that was asked, in order
   * @param trace the trace it belongs to, with its own span
   */
  public record Course(
      Endpoint endpoint,
      String finish,
      long bytesIn,
      long bytesOut,
      long queuedMicros,
      List<Tried> tries,
      Trace trace) {

    /**
     * Which targets were asked and why each ended, in a line for people; empty where a single one
     * gave the whole answer when it was asked first, for then the target's name says it all.
     */
    public String troubles() {
      if (tries.isEmpty() || (tries.size() == 1 && tries.getFirst().smooth())) {
        return "";
      }
      var line = new StringBuilder(64);
      for (Tried tried : tries) {
        line.append(line.isEmpty() ? "" : "; ").append(tried.target());
        line.append(' ').append(tried.ending()).append(' ');
        line.append((tried.endedMicros() - tried.startedMicros()) / 1000).append(" ms");
        if (!tried.detail().isEmpty()) {
          line.append(", ").append(tried.detail());
        }
        if (!tried.again().isEmpty()) {
          line.append(", asked again on a new connection because ").append(tried.again());
        }
      }
      return line.toString();
    }
  }
}
