package tayyar.messages;

import tayyar.api.ApiError;
import tayyar.api.DialectFault;
import tayyar.openai.JsonBody;
import tools.jackson.databind.node.ObjectNode;

/**
 * Errors in Anthropic's envelope. Code and field stand in it besides: our clients' developers know
 * them from the other endpoints.
 *
 * @see <a href="https://docs.anthropic.com/en/api/errors">Errors</a>
 */
final class ErrorEnvelope {
  private ErrorEnvelope() {}

  static byte[] of(ApiError error) {
    ObjectNode root = JsonBody.object().put("type", "error");
    ObjectNode told = root.putObject("error");
    told.put("type", type(error.status()))
        .put("message", error.message())
        .put("code", error.code())
        .put("param", error.param());
    if (error instanceof ApiError.OfDialect(DialectFault.NoThreads _)) {
      // From this Anthropic's SDK for Node knows that it is to go on without.
      ObjectNode details = told.putObject("details").put("error_code", error.code());
      details.putArray("unsupported").add("thread");
    }
    return JsonBody.bytes(root);
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503, 529 -> "overloaded_error";
      case 504 -> "timeout_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }
}
