package tayyar.http;

/**
 * Finds out whether a reader takes nothing: whether the same number of bytes waits for too long.
 * Looked at from time to time, on one event loop.
 */
final class Stall {
  private long bytes;
  private long sinceNanos;

  /** Returns for how many nanoseconds by now the waiting bytes have been the same, and some. */
  long lasts(long now, long waitingBytes) {
    if (waitingBytes == 0 || waitingBytes != bytes) {
      bytes = waitingBytes;
      sinceNanos = now;
    }
    return now - sinceNanos;
  }
}
