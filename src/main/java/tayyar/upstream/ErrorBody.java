package tayyar.upstream;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** What a target's refusal means to our client. */
final class ErrorBody {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private ErrorBody() {}

  /**
   * Judges a refusal. The request's own faults are passed on; what is wrong between us and the
   * target (its key, its load, its bugs) is not the client's affair.
   */
  static ApiError read(int status, byte[] body) {
    JsonNode error = error(body);
    String code = text(error, "code");
    return switch (status) {
      case 400, 404, 409, 413, 415, 422 ->
          new ApiError.Relayed(
              status,
              or(text(error, "type"), "invalid_request_error"),
              code,
              text(error, "param"),
              or(text(error, "message"), "The model refused the request."));
      case 429 -> new ApiError.QueueFull();
      case 503 ->
          "queue_full".equals(code)
              ? new ApiError.QueueFull()
              : new ApiError.UpstreamFailed("it is not available.");
      default -> new ApiError.UpstreamFailed("it answered with status " + status + ".");
    };
  }

  private static @Nullable JsonNode error(byte[] body) {
    try {
      JsonNode root = JSON.readTree(body);
      return root.path("error").isObject() ? root.path("error") : root;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static @Nullable String text(@Nullable JsonNode node, String name) {
    if (node == null) {
      return null;
    }
    JsonNode value = node.path(name);
    return value.isString() || value.isNumber() ? value.asString() : null;
  }

  private static String or(@Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }
}
