package tayyar.api;

import org.jspecify.annotations.Nullable;

/**
 * The content of an error.
 *
 * @param status its HTTP status, as long as the response's head is not out
 * @param code the envelope's code, or null
 * @param param the request's field at fault, or null
 * @param message one or two sentences for a person: what is wrong and what to do
 */
public record ErrorFacts(
    int status, @Nullable String code, @Nullable String param, String message) {
  ErrorFacts(int status, String code, String message) {
    this(status, code, null, message);
  }

  /** The envelope's {@code type}, which follows from the status. */
  String type() {
    return switch (status) {
      case 402 -> "quota_exceeded";
      case 401 -> "authentication_error";
      case 403 -> "permission_denied";
      case 404 -> "not_found";
      case 429 -> "rate_limit_error";
      case 499 -> "client_closed";
      case 500 -> "internal_error";
      case 501 -> "not_implemented";
      case 502 -> "bad_gateway";
      case 503 -> "service_unavailable";
      default -> "invalid_request_error";
    };
  }
}
