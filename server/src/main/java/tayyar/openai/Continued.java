package tayyar.openai;

import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Spans;
import tayyar.api.JsonText;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The same request with the beginning of its answer as that of the assistant's message, as vLLM and
 * SGLang go on with one.
 */
final class Continued {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private static final String SALT = "cache_salt";

  private Continued() {}

  /**
   * The request for the rest; null where the answer is held to a form, which the next target would
   * begin anew.
   */
  static @Nullable InferenceRequest of(InferenceRequest request, byte[] said, int tokens) {
    if (!request.isTold()) {
      return null; // The body does not say all that was asked.
    }
    ObjectNode root = (ObjectNode) JSON.readTree(request.body());
    if (isHeldToAForm(root)) {
      return null;
    }
    root.remove(List.of("model", "stream", "stream_options"));
    begin(request, (ArrayNode) root.get("messages"), JsonText.unescape(said, 0, said.length));
    root.put("continue_final_message", true).put("add_generation_prompt", false);
    for (String name : List.of("max_tokens", "max_completion_tokens", "min_tokens")) {
      JsonNode most = root.path(name);
      if (most.isIntegralNumber()) {
        root.put(name, Math.max(0, most.asLong() - tokens));
      }
    }
    JsonNode salt = root.remove(SALT);
    if (salt != null) {
      root.set(SALT, salt);
    }
    byte[] body = JSON.writeValueAsBytes(root);
    var features = EnumSet.of(Feature.CONTINUE);
    features.addAll(request.features());
    return new InferenceRequest(
        request.model(),
        request.messages(),
        request.stream(),
        request.includeUsage(),
        request.sampling(),
        request.stop(),
        features,
        body,
        salt == null ? spans(-1, -1) : spans(lastFrom(body, salt), body.length - 1));
  }

  /** Model, stream and its options are not in the body of what is left to ask. */
  private static Spans spans(int saltFrom, int saltTo) {
    return new Spans(1, -1, -1, -1, -1, -1, -1, saltFrom, saltTo);
  }

  /** Where the value of an object's last member begins. */
  private static int lastFrom(byte[] object, JsonNode value) {
    return object.length - 1 - JSON.writeValueAsBytes(value).length;
  }

  private static boolean isHeldToAForm(ObjectNode root) {
    JsonNode choice = root.path("tool_choice");
    return choice.isObject()
        || choice.asString("").equals("required")
        || Wanted.FORMS.stream().anyMatch(name -> !root.path(name).isMissingNode());
  }

  /** The client itself may have given the beginning of the answer. */
  private static void begin(InferenceRequest request, ArrayNode messages, String said) {
    if (!request.features().contains(Feature.CONTINUE)) {
      messages.addObject().put("role", "assistant").put("content", said);
      return;
    }
    ObjectNode message = (ObjectNode) messages.get(messages.size() - 1);
    JsonNode content = message.path("content");
    if (content instanceof ArrayNode parts) {
      parts.addObject().put("type", "text").put("text", said);
    } else {
      message.put("content", content.asString("") + said);
    }
  }
}
