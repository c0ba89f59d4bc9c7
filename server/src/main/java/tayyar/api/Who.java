package tayyar.api;

/**
 * The owner of a stream: the request and its key.
 *
 * @param requestId the X-Request-Id
 * @param keyId id of the key, or empty
 * @param keyHint the key as lists show it, or empty
 * @param dialect the API language that it came in, see {@link Ended.Course#dialect}
 * @param startedAtMs when the request came, milliseconds since the epoch
 * @param startedNanos the same moment by the relay's clock
 * @param trace its place in a trace
 */
public record Who(
    String requestId,
    String keyId,
    String keyHint,
    String dialect,
    long startedAtMs,
    long startedNanos,
    Trace trace) {

  /** Returns the course of its request, see {@link Ended.Course}. */
  public Ended.Course course(
      InferenceRequest request, String finish, long bytesOut, Sought sought) {
    return new Ended.Course(
        request.endpoint(),
        dialect,
        finish,
        request.receivedBytes(),
        bytesOut,
        sought.queuedMicros(),
        sought.tries(),
        trace);
  }
}
