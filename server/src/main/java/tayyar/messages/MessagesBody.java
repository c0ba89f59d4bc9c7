package tayyar.messages;

import static tayyar.openai.JsonBody.wrong;

import tayyar.api.ApiError;
import tayyar.api.DialectFault;
import tayyar.api.Refused;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the body of a chat of one of the Messages API. What a chat can't say is left out by the
 * rules of docs/dialects.md; what is malformed is refused with its place.
 */
final class MessagesBody {
  private final ObjectNode from;
  private final ObjectNode to = JsonBody.object();
  private final ToolChanges changes = new ToolChanges();

  private String untold = "";

  /** A body that is not made yet. */
  MessagesBody(ObjectNode from) {
    this.from = from;
  }

  /**
   * Makes it; called once.
   *
   * @throws tayyar.api.Refused with the place of what is malformed
   */
  ObjectNode chat() {
    if (!from.path("thread").isMissingNode() && !from.path("thread").isNull()) {
      throw new Refused(new ApiError.OfDialect(new DialectFault.NoThreads()));
    }
    numbers();
    messages();
    tools();
    form();
    return to;
  }

  /** Returns the place of the first block that no chat can tell; empty where all is told. */
  String untold() {
    return untold;
  }

  private void numbers() {
    copy("model", "model");
    copy("max_tokens", "max_tokens");
    copy("temperature", "temperature");
    copy("top_p", "top_p");
    copy("top_k", "top_k");
    copy("stop_sequences", "stop");
    copy("stream", "stream");
    if (from.path("stream").asBoolean(false)) {
      to.putObject("stream_options").put("include_usage", true);
    }
  }

  private void copy(String name, String as) {
    JsonNode value = from.path(name);
    if (!value.isMissingNode() && !value.isNull()) {
      to.set(as, value);
    }
  }

  private void messages() {
    var turns = new Turns(to.putArray("messages"), changes);
    turns.system(from.path("system"), "system");
    JsonNode messages = from.path("messages");
    if (!messages.isArray()) {
      throw wrong("messages", "must be an array.");
    }
    for (int i = 0; i < messages.size(); i++) {
      turns.add(messages.get(i), "messages[" + i + "]");
    }
    turns.end();
    untold = turns.untold();
  }

  /** Tools that Anthropic itself runs have no schema and no meaning for other models. */
  private void tools() {
    ArrayNode functions = JsonBody.array();
    for (JsonNode tool : changes.of(from.path("tools"))) {
      if (tool.path("input_schema").isObject()) {
        ObjectNode function = functions.addObject().put("type", "function").putObject("function");
        function.set("name", tool.path("name"));
        if (tool.path("description").isString()) {
          function.set("description", tool.path("description"));
        }
        function.set("parameters", tool.path("input_schema"));
        if (tool.path("strict").asBoolean(false)) {
          function.put("strict", true);
        }
      }
    }
    if (!functions.isEmpty()) {
      to.set("tools", functions);
      choice(from.path("tool_choice"));
    }
  }

  private void choice(JsonNode choice) {
    switch (choice.path("type").asString("")) {
      case "" -> {}
      case "auto" -> to.put("tool_choice", "auto");
      case "none" -> to.put("tool_choice", "none");
      case "any" -> to.put("tool_choice", "required");
      case "tool" ->
          to.putObject("tool_choice")
              .put("type", "function")
              .putObject("function")
              .set("name", choice.path("name"));
      default -> throw wrong("tool_choice.type", "must be auto, any, tool or none.");
    }
    if (choice.path("disable_parallel_tool_use").asBoolean(false)) {
      to.put("parallel_tool_calls", false);
    }
  }

  /** The form of the answer, where one was asked for. */
  private void form() {
    JsonNode format = from.path("output_config").path("format");
    JsonNode given = format.isObject() ? format : from.path("output_format");
    if (given.path("type").asString("").equals("json_schema")) {
      ObjectNode schema =
          to.putObject("response_format").put("type", "json_schema").putObject("json_schema");
      schema.put("name", "answer").put("strict", true).set("schema", given.path("schema"));
    }
  }
}
