package tayyar.responses;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.JsonText;
import tayyar.wire.Ascii;

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

  /** Writes an error event, which has this number. */
  static void event(ByteBuf out, long number, ApiError error) {
    ResponsesEvents.event(out, "error", number);
    text(out, ",\"code\":", code(error));
    text(out, ",\"message\":", error.message());
    text(out, ",\"param\":", error.param());
    out.writeBytes(ResponsesEvents.END);
  }

  private static void text(ByteBuf out, String member, @Nullable String text) {
    Ascii.write(out, member);
    if (text == null) {
      Ascii.write(out, "null");
    } else {
      out.writeByte('"').writeBytes(JsonText.escape(text)).writeByte('"');
    }
  }
}
