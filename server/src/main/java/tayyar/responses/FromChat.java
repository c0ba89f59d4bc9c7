package tayyar.responses;

import java.util.Set;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.openai.JsonBody;
import tayyar.openai.Wanted;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a body of the Responses API of that of a chat. What it can't say is refused with its place,
 * or left out by the rules of docs/dialects.md.
 */
final class FromChat {
  /** Members that ask for what no response can have, unless they ask for nothing. */
  static final Set<String> REFUSED = Wanted.unsayable("n", "stop");

  private final InferenceRequest request;
  private final ObjectNode from;
  private final ObjectNode to = JsonBody.object();

  /**
   * A body that is not made yet.
   *
   * @param model the model's name at the target
   * @param stream whether a stream is asked for
   */
  FromChat(InferenceRequest request, String model, boolean stream) {
    this.request = request;
    this.from = JsonBody.read(request.body());
    to.put("model", model).put("stream", stream).put("store", false);
  }

  /**
   * Makes it.
   *
   * @throws Refused with the place of what can't be said
   */
  ObjectNode body() {
    Wanted.refuse(from, REFUSED, this::unable);
    to.set("input", new FromMessages(this::unable).all(from.path("messages")));
    copy("max_tokens", "max_output_tokens");
    copy("max_completion_tokens", "max_output_tokens");
    for (String name :
        new String[] {
          "temperature",
          "top_p",
          "parallel_tool_calls",
          "service_tier",
          "user",
          "safety_identifier",
          "prompt_cache_key"
        }) {
      copy(name, name);
    }
    include();
    tools();
    form();
    return to;
  }

  private Refused unable(String where) {
    return new Refused(new ApiError.UnsupportedByModel(where, request.model()));
  }

  private void copy(String name, String as) {
    if (Wanted.isThere(from.path(name))) {
      to.set(as, from.path(name));
    }
  }

  /** Nothing is stored there, so thinking comes sealed, for the client to send back. */
  private void include() {
    ArrayNode include = to.putArray("include").add("reasoning.encrypted_content");
    if (from.path("logprobs").asBoolean(false)) {
      include.add("message.output_text.logprobs");
      copy("top_logprobs", "top_logprobs");
    }
    JsonNode effort = from.path("reasoning_effort");
    JsonNode given = effort.isString() ? effort : from.path("reasoning").path("effort");
    if (given.isString()) {
      to.putObject("reasoning").set("effort", given);
    }
  }

  private void tools() {
    JsonNode given = from.path("tools");
    ArrayNode tools = JsonBody.array();
    for (int i = 0; i < given.size(); i++) {
      String type = given.get(i).path("type").asString("function");
      if (!type.equals("function") && !type.equals("custom")) {
        throw unable("tools[" + i + "].type");
      }
      tools.add(flat(type, given.get(i).path(type)));
    }
    if (!tools.isEmpty()) {
      to.set("tools", tools);
      choice(from.path("tool_choice"));
    }
  }

  /** A response has a tool's members beside its type. */
  private static ObjectNode flat(String type, JsonNode inner) {
    ObjectNode flat = JsonBody.object().put("type", type);
    inner.properties().forEach(member -> flat.set(member.getKey(), member.getValue()));
    if (type.equals("function") && !flat.has("strict")) {
      flat.put("strict", false); // The defaults differ.
    }
    return flat;
  }

  private void choice(JsonNode choice) {
    if (choice.isString()) {
      to.set("tool_choice", choice);
    } else if (choice.isObject()) {
      String type = choice.path("type").asString("");
      if (!type.equals("function") && !type.equals("custom")) {
        throw unable("tool_choice");
      }
      to.putObject("tool_choice").put("type", type).set("name", choice.path(type).path("name"));
    }
  }

  private void form() {
    JsonNode format = from.path("response_format");
    ObjectNode text = JsonBody.object();
    switch (format.path("type").asString("text")) {
      case "text" -> {}
      case "json_object" -> text.set("format", format);
      case "json_schema" -> {
        ObjectNode its = text.putObject("format").put("type", "json_schema");
        format
            .path("json_schema")
            .properties()
            .forEach(member -> its.set(member.getKey(), member.getValue()));
      }
      default -> throw unable("response_format");
    }
    if (from.path("verbosity").isString()) {
      text.set("verbosity", from.path("verbosity"));
    }
    if (!text.isEmpty()) {
      to.set("text", text);
    }
  }
}
