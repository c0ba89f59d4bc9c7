package tayyar.api;

import java.util.List;

/**
 * The record of a request that is over, for the ledger's row and the log's line.
 *
 * @param requestId the X-Request-Id of the answer
 * @param keyId id of the key, empty where none was valid
 * @param keyHint how lists show the key, empty where none was valid
 * @param model the model's name, its first 200 characters at most; empty where the request was
 *     unreadable
 * @param target name of the target that answered or was asked last, empty where none was asked
 * @param attempts the number of tries, 0 or more
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

  /** Cuts the model's name, which comes from the client and may be of any length. */
  public Ended {
    model = Clip.to(MODEL_CHARS_MAX, model);
  }

  /** The same of a model by another of its names. */
  public Ended named(String name) {
    return new Ended(
        requestId, keyId, keyHint, name, target, attempts, streamed, outcome, status, usage, timing,
        course, charge);
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
   * Further facts for operators.
   *
   * @param endpoint the endpoint of the request
   * @param dialect the API language that it came in: {@code openai}, {@code anthropic} or {@code
   *     responses}; empty where it was not asked a model
   * @param finish the model's own reason to end, empty where it gave none
   * @param bytesIn bytes of the request's body, nearly the size of its prompt
   * @param bytesOut bytes of the answer that were given to the socket, with head and framing
   * @param queuedMicros its total wait for a target with room
   * @param tries the tries, in order
   * @param trace the trace it belongs to, with its own span
   */
  public record Course(
      Endpoint endpoint,
      String dialect,
      String finish,
      long bytesIn,
      long bytesOut,
      long queuedMicros,
      List<Tried> tries,
      Trace trace) {

    /**
     * Returns a line for people with each try's target and ending; empty where the first try gave
     * the whole answer, as the target's name then says it all.
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
