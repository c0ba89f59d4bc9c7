package tayyar.limits;

/**
 * What becomes of requests while the shared counters do not answer, by the kind of their limits.
 *
 * @param requests of limits of requests a minute
 * @param tokens of limits of tokens a minute
 * @param atOnce of limits of requests at once
 */
public record WhenAway(Way requests, Way tokens, Way atOnce) {
  /** Each gateway goes on with counts of its own. */
  public static final WhenAway OPEN = new WhenAway(Way.OPEN, Way.OPEN, Way.OPEN);

  /** What becomes of them. */
  public enum Way {
    /** Each gateway counts alone, and lets in what the whole limit allows. */
    OPEN,
    /** Requests that the limit holds are refused. */
    CLOSED
  }

  boolean isClosed(Kind kind) {
    Way its =
        switch (kind) {
          case REQUESTS -> requests;
          case TOKENS -> tokens;
          case PLACES -> atOnce;
        };
    return its == Way.CLOSED;
  }
}
