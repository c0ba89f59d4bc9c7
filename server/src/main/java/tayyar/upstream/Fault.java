package tayyar.upstream;

import java.time.Duration;
import tayyar.api.ApiError;
import tayyar.api.DialectFault;
import tayyar.routing.Verdict;

/** The party at fault for a failed try; only the target's own faults count against it. */
enum Fault {
  /** The request is invalid at any target. */
  THE_REQUESTS,
  /**
   * The target's answer may be good, but we can't pass it on; it would be the same from any target.
   */
  OURS,
  /** The target failed, or asked for a pause. */
  THE_TARGETS,
  /** The target has no room yet, no such endpoint or no words for the request; another one may. */
  NOBODYS;

  static Fault of(ApiError error) {
    return switch (error) {
      case ApiError.UpstreamFailed _, ApiError.UpstreamBusy _, ApiError.UpstreamTimeout _ ->
          THE_TARGETS;
      case ApiError.UnreadableAnswer _, ApiError.MemoryFull _, ApiError.Internal _ -> OURS;
      case ApiError.ModelNotSupportedOnEndpoint _, ApiError.UnsupportedByModel _ -> NOBODYS;
      case ApiError.OfDialect(DialectFault.AccountFile _) -> NOBODYS;
      default -> error.status() >= 500 ? NOBODYS : THE_REQUESTS;
    };
  }

  /** Whether another target might succeed. */
  boolean elsewhere() {
    return this == THE_TARGETS || this == NOBODYS;
  }

  /** Returns the verdict that an error means for its target. */
  static Verdict verdict(ApiError error) {
    return switch (of(error)) {
      case THE_TARGETS ->
          error instanceof ApiError.UpstreamBusy busy
              ? new Verdict.Busy(Duration.ofSeconds(busy.retryAfterSeconds()))
              : new Verdict.Failed();
      case THE_REQUESTS, OURS, NOBODYS -> new Verdict.NoBlame();
    };
  }
}
