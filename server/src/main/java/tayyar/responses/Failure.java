package tayyar.responses;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;

/** The words for errors that clients of this dialect act upon. */
final class Failure {
  static final String INSUFFICIENT_QUOTA = "insufficient_quota";

  private Failure() {}

  /** Returns an error's code: a used-up balance is told by the one that clients know. */
  static @Nullable String code(ApiError error) {
    return error.status() == 402 ? INSUFFICIENT_QUOTA : error.code();
  }

  /** Returns the code in a response that failed, of the few that are there. */
  static String ofResponse(ApiError error) {
    String code = code(error);
    return switch (error.status()) {
      case 429 -> "rate_limit_exceeded";
      case 400, 402 -> code == null ? "invalid_prompt" : code;
      default -> "server_error";
    };
  }
}
