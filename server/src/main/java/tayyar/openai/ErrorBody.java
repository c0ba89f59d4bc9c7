package tayyar.openai;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.dialect.ErrorText;

/** Translates a target's refusal for our client, behind a head and in an event alike. */
public final class ErrorBody {
  /** No error's document is larger, as far as anybody has to read it. */
  static final int BYTES_MAX = 64 * 1024;

  private static final int REST_SECONDS_MAX = 3_600;
  private static final String REFUSED = "The model refused the request.";

  private ErrorBody() {}

  /**
   * Judges a refusal. The request's own faults are passed on; what is wrong between us and the
   * target (its key, its load, its bugs) is not the client's affair.
   *
   * @param retryAfter the field of that name, or empty
   */
  public static ApiError read(int status, String retryAfter, byte[] body) {
    ErrorDocument said = ErrorDocument.read(body, 0, body.length);
    return judge(status, retryAfter.isEmpty() ? said.more().retryAfter() : retryAfter, said);
  }

  /** The same of what stands behind a good head: as if the head had had the status it tells. */
  public static ApiError ofEvent(byte[] bytes, int from, int to) {
    return ofEvent(ErrorDocument.read(bytes, from, to));
  }

  /** The same of data that may be something else: null where it is no error's document. */
  static @Nullable ApiError findEvent(byte[] bytes, int from, int to) {
    ErrorDocument found = ErrorDocument.find(bytes, from, to);
    return found == null ? null : ofEvent(found);
  }

  static ApiError ofEvent(ErrorDocument said) {
    return said.status() == 0 && !isUnreadable(said)
        ? new ApiError.UpstreamFailed("it reported an error in its answer.")
        : judge(said.status(), said.more().retryAfter(), said);
  }

  /** A gateway like this one that stands behind this one could not read what it got. */
  private static boolean isUnreadable(ErrorDocument said) {
    return "unreadable_answer".equals(said.code());
  }

  private static ApiError judge(int status, String retryAfter, ErrorDocument said) {
    if (isUnreadable(said)) {
      return new ApiError.UnreadableAnswer("the gateway behind could not read it.");
    }
    if (said.more().keyRefused()) {
      return new ApiError.UpstreamFailed("it refused its key.");
    }
    return switch (status) {
      case 400, 409, 413, 415, 422 ->
          new ApiError.Relayed(
              status,
              or(ErrorText.word(said.type()), "invalid_request_error"),
              ErrorText.word(said.code()),
              ErrorText.word(said.param()),
              or(ErrorText.words(said.message()), REFUSED));
      case 404 ->
          new ApiError.UpstreamFailed("it does not know the model, or it is not at this address.");
      case 429, 529 -> new ApiError.UpstreamBusy(seconds(retryAfter));
      case 503 -> unavailable(retryAfter, said.code());
      default ->
          status >= 500 && !retryAfter.isEmpty()
              ? new ApiError.UpstreamBusy(seconds(retryAfter))
              : new ApiError.UpstreamFailed("it answered with status " + status + ".");
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

  /** Seconds, with a fraction perhaps, or a date; a second where it is neither. */
  static int seconds(String retryAfter) {
    if (retryAfter.matches("[0-9]{1,9}(\\.[0-9]{0,9})?")) {
      return (int) Math.clamp(Math.ceil(Double.parseDouble(retryAfter)), 1, REST_SECONDS_MAX);
    }
    try {
      var at = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Math.clamp(at.toEpochSecond() - Instant.now().getEpochSecond(), 1, REST_SECONDS_MAX);
    } catch (DateTimeParseException e) {
      return 1;
    }
  }

  private static String or(@Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }
}
