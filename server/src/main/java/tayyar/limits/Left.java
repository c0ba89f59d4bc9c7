package tayyar.limits;

/**
 * The strictest limit of a kind, as the answer's head tells it.
 *
 * @param limit what may be used in 60 seconds
 * @param remaining what is left of it, at least 0
 * @param resetSeconds until more is left, 0 to 60; 0 where nothing is used
 */
public record Left(long limit, long remaining, int resetSeconds) {
  static Left of(long limit, Window window) {
    long counted = Math.min(limit, window.total());
    int seconds = counted == 0 ? 0 : window.secondsUntil(counted - 1);
    return new Left(limit, limit - counted, seconds);
  }

  /** Whether less is left of it, or, of the same rest, there is less in all. */
  boolean isStricterThan(Left other) {
    return remaining < other.remaining || (remaining == other.remaining && limit < other.limit);
  }
}
