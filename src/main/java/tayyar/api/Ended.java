package tayyar.api;

/**
 * Everything there is to say of a request that is over; the ledger's row, the log's line.
 *
 * @param requestId the X-Request-Id of the answer
 * @param keyId id of the key, empty where none was valid
 * @param keyHint how lists show the key, empty where none was valid
 * @param model the model's name as the client wrote it, empty where the request was unreadable
 * @param target name of the target that answered or was asked last, empty where none was asked
 * @param attempts how many targets were asked, 0 or more
 * @param streamed whether server-sent events were asked for
 * @param outcome how it ended
 * @param status the HTTP status that was sent, or 499 where the client left before its end
 * @param usage the tokens
 * @param timing the times
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
    Timing timing) {

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
}
