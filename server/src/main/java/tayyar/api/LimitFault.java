package tayyar.api;

import java.time.Instant;

/** Why a request is refused by a limit; see {@link ApiError.OfLimit}. */
public sealed interface LimitFault {
  /** Status, code and words. */
  ErrorFacts facts();

  /** Seconds until the same request may be let in; 0 where waiting is of no use. */
  default int retryAfterSeconds() {
    return 0;
  }

  /** The requests of the last 60 seconds are used up. */
  record Requests(Scope scope, int retryAfterSeconds) implements LimitFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          429,
          "rate_limit_exceeded",
          "%s of %d requests a minute is reached. Try again in %d s."
              .formatted(scope.whose(), scope.limits().requestsPerMinute(), retryAfterSeconds));
    }
  }

  /** The tokens of the last 60 seconds leave too few for the request. */
  record Tokens(Scope scope, long wanted, int retryAfterSeconds) implements LimitFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          429,
          "token_limit_exceeded",
          "%s of %d tokens a minute leaves too few: this request may take %d. Try again in %d s."
              .formatted(
                  scope.whose(), scope.limits().tokensPerMinute(), wanted, retryAfterSeconds));
    }
  }

  /** Too many requests are under way. */
  record AtOnce(Scope scope) implements LimitFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          429,
          "too_many_requests_at_once",
          "%s of %d requests at once is reached. Wait until one of them has ended."
              .formatted(scope.whose(), scope.limits().requestsAtOnce()));
    }

    @Override
    public int retryAfterSeconds() {
      return 1;
    }
  }

  /** The counters that gateways share do not answer, and the limit is not to be exceeded then. */
  record Uncounted(Scope scope) implements LimitFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503,
          "limits_unavailable",
          "%s cannot be counted at the moment. Try again soon.".formatted(scope.whose()));
    }

    @Override
    public int retryAfterSeconds() {
      return 1;
    }
  }

  /** The key asks for its account too often at once. */
  record LooksAtOnce(int most) implements LimitFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          429,
          "too_many_requests_at_once",
          "A key may ask for its account %d times at once. Wait until one of them is answered."
              .formatted(most));
    }

    @Override
    public int retryAfterSeconds() {
      return 1;
    }
  }

  /** The prompt alone has more tokens than the request may have. */
  record TokensOfRequest(Scope scope, int most) implements LimitFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "request_too_large",
          "%s of %d tokens is smaller than the prompt.".formatted(scope.whose(), most));
    }
  }

  /** A day's or a month's money is spent. */
  record Spend(Scope scope, Period period, Instant ends) implements LimitFault {
    /** A time over which is summed. */
    public enum Period {
      /** A calendar day. */
      DAY,
      /** A calendar month. */
      MONTH
    }

    @Override
    public ErrorFacts facts() {
      boolean day = period == Period.DAY;
      long most = day ? scope.limits().spendPerDay() : scope.limits().spendPerMonth();
      return new ErrorFacts(
          402,
          "spend_limit_reached",
          "%s of %s a %s is reached. The next %3$s begins at %4$s."
              .formatted(scope.whose(), Money.shown(most), day ? "day" : "month", ends));
    }
  }
}
