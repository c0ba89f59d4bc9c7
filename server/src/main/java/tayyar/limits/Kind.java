package tayyar.limits;

import tayyar.api.Limits;

/** What a limit counts. */
public enum Kind {
  /** Requests a minute. */
  REQUESTS,
  /** Tokens a minute. */
  TOKENS,
  /** Requests at once. */
  PLACES;

  /** The limit of this kind, 0 for none. */
  int of(Limits limits) {
    return switch (this) {
      case REQUESTS -> limits.requestsPerMinute();
      case TOKENS -> limits.tokensPerMinute();
      case PLACES -> limits.requestsAtOnce();
    };
  }
}
