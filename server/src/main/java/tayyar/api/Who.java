package tayyar.api;

/**
 * The owner of a stream: the request and its key.
 *
 * @param requestId the X-Request-Id
 * @param keyId id of the key, or empty
 * @param keyHint the key as lists show it, or empty
 * @param startedAtMs when the request came, milliseconds since the epoch
 * @param startedNanos the same moment by the relay's clock
 * @param trace its place in a trace
 */
public record Who(
    String requestId,
    String keyId,
    String keyHint,
    long startedAtMs,
    long startedNanos,
    Trace trace) {}
