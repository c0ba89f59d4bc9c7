package tayyar.messages;

import java.nio.charset.StandardCharsets;
import tayyar.api.ApiError;
import tayyar.api.JsonText;
import tayyar.api.Refused;
import tayyar.openai.JsonBody;

/** A call's input, which is an object here and a text in a chat. */
final class Inputs {
  private static final byte[] NONE = {'{', '}'};

  private Inputs() {}

  /**
   * Returns the object as JSON on one line.
   *
   * @param arguments the inside of a JSON string
   * @throws Refused if it holds no object
   */
  static byte[] object(byte[] arguments) {
    String text = JsonText.unescape(arguments, 0, arguments.length);
    if (text.isBlank()) {
      return NONE;
    }
    try {
      return JsonBody.bytes(JsonBody.read(text.getBytes(StandardCharsets.UTF_8)));
    } catch (Refused _) {
      throw new Refused(
          new ApiError.UnreadableAnswer("the arguments of a tool call are no JSON object."));
    }
  }
}
