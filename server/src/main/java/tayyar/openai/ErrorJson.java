package tayyar.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.JsonText;

/** The error envelope; all four keys always. */
public final class ErrorJson {
  private ErrorJson() {}

  /** The envelope as UTF-8, on one line. */
  public static byte[] bytes(ApiError error) {
    return bytes(error.message(), error.type(), error.param(), error.code());
  }

  /** The envelope of an error that has other words in another dialect. */
  public static byte[] bytes(
      String message, String type, @Nullable String param, @Nullable String code) {
    var out = new ByteArrayOutputStream(256);
    out.writeBytes("{\"error\":{\"message\":".getBytes(US_ASCII));
    string(out, message);
    out.writeBytes(",\"type\":".getBytes(US_ASCII));
    string(out, type);
    out.writeBytes(",\"param\":".getBytes(US_ASCII));
    string(out, param);
    out.writeBytes(",\"code\":".getBytes(US_ASCII));
    string(out, code);
    out.writeBytes("}}".getBytes(US_ASCII));
    return out.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, @Nullable String text) {
    if (text == null) {
      out.writeBytes("null".getBytes(UTF_8));
      return;
    }
    out.write('"');
    out.writeBytes(JsonText.escape(text));
    out.write('"');
  }
}
