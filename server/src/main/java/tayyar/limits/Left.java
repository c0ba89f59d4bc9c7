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

  /**
   * Whether less is left of a limit than of another, or, of the same rest, there is less in all.
   */
  static boolean isStricter(long limit, Window window, long than, Window other) {
    long rest = limit - window.total();
    long otherRest = than - other.total();
    return rest < otherRest || (rest == otherRest && limit < than);
  }
}
