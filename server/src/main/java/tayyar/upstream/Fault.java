package tayyar.upstream;

import java.time.Duration;
import tayyar.api.ApiError;
import tayyar.routing.Verdict;

/** Whose fault it is that a try failed; that of the target alone counts against it. */
enum Fault {
  /** The request is wrong, and would be anywhere. */
  THE_REQUESTS,
  /**
   * The target's answer may be a good one, and we can't pass it on; anywhere it would be the same.
   */
  OURS,
  /** The target failed, or wants to be left alone. */
  THE_TARGETS,
  /** There is no room, not yet, or no such endpoint; there may be elsewhere. */
  NOBODYS;

  static Fault of(ApiError error) {
    return switch (error) {
      case ApiError.UpstreamFailed _, ApiError.UpstreamBusy _, ApiError.UpstreamTimeout _ ->
          THE_TARGETS;
      case ApiError.UnreadableAnswer _, ApiError.MemoryFull _, ApiError.Internal _ -> OURS;
      case ApiError.ModelNotSupportedOnEndpoint _ -> NOBODYS;
      default -> error.status() >= 500 ? NOBODYS : THE_REQUESTS;
    };
  }

  /** Whether another target might do what this one did not. */
  boolean elsewhere() {
    return this == THE_TARGETS || this == NOBODYS;
  }

  /** What an error says of the target that it came from. */
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
