package tayyar.upstream;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** What a target's refusal means to our client. */
final class ErrorBody {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final int REST_SECONDS_MAX = 3_600;

  private ErrorBody() {}

  /**
   * Judges a refusal. The request's own faults are passed on; what is wrong between us and the
   * target (its key, its load, its bugs) is not the client's affair.
   *
   * @param retryAfter the field of that name, or empty
   */
  static ApiError read(int status, String retryAfter, byte[] body) {
    JsonNode error = error(body);
    String code = text(error, "code");
    return switch (status) {
      case 400, 409, 413, 415, 422 ->
          new ApiError.Relayed(
              status,
              or(text(error, "type"), "invalid_request_error"),
              code,
              text(error, "param"),
              or(text(error, "message"), "The model refused the request."));
      case 404 ->
          new ApiError.UpstreamFailed("it does not know the model, or it is not at this address.");
      case 429 -> new ApiError.UpstreamBusy(seconds(retryAfter));
      case 503 -> unavailable(retryAfter, code);
      default -> new ApiError.UpstreamFailed("it answered with status " + status + ".");
    };
  }

  /** Our own worker says with a code that it is full; that passes as soon as a slot is free. */
  private static ApiError unavailable(String retryAfter, @Nullable String code) {
    if ("queue_full".equals(code)) {
      return new ApiError.QueueFull();
    }
    return retryAfter.isEmpty()
        ? new ApiError.UpstreamFailed("it is not available.")
        : new ApiError.UpstreamBusy(seconds(retryAfter));
  }

  /** Seconds, or a date; a second where it is neither. */
  static int seconds(String retryAfter) {
    if (retryAfter.matches("[0-9]{1,9}")) {
      return Math.clamp(Integer.parseInt(retryAfter), 1, REST_SECONDS_MAX);
    }
    try {
      var at = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Math.clamp(at.toEpochSecond() - Instant.now().getEpochSecond(), 1, REST_SECONDS_MAX);
    } catch (DateTimeParseException e) {
      return 1;
    }
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
