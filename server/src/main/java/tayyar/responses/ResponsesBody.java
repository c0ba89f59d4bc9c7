package tayyar.responses;

import static tayyar.openai.JsonBody.wrong;

import java.util.List;
import tayyar.api.ApiError;
import tayyar.api.DialectFault;
import tayyar.api.Refused;
import tayyar.openai.Conversation;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the body of a chat of one of the Responses API. What a chat can't say is left out by the
 * rules of docs/dialects.md; what is malformed is refused with its place.
 */
final class ResponsesBody {
  private final ObjectNode from;
  private final ObjectNode to = JsonBody.object();

  private final boolean stores;
  private String untold = "";

  /**
   * A body that is not made yet.
   *
   * @param stores whether responses may be stored here
   */
  ResponsesBody(ObjectNode from, boolean stores) {
    this.from = from;
    this.stores = stores;
  }

  /**
   * Makes it; called once.
   *
   * @throws Refused with the place of what is malformed
   */
  ObjectNode chat() {
    stored();
    numbers();
    input();
    tools();
    form();
    return to;
  }

  /** Returns the place of the first part that no chat can tell; empty where all is told. */
  String untold() {
    return untold;
  }

  /** What is stored was put in its place before. */
  private void stored() {
    for (String name : List.of("conversation", "prompt")) {
      if (isThere(name)) {
        throw new Refused(new ApiError.OfDialect(new DialectFault.OnlyThere(name)));
      }
    }
    boolean background = from.path("background").asBoolean(false);
    if (!stores && (isThere("previous_response_id") || background)) {
      String where = background ? "background" : "previous_response_id";
      throw new Refused(new ApiError.OfDialect(new DialectFault.NothingStored(where)));
    }
  }

  private boolean isThere(String name) {
    return !from.path(name).isMissingNode() && !from.path(name).isNull();
  }

  private void numbers() {
    copy(from, "model", "model");
    copy(from, "temperature", "temperature");
    copy(from, "top_p", "top_p");
    copy(from, "presence_penalty", "presence_penalty");
    copy(from, "frequency_penalty", "frequency_penalty");
    copy(from, "stream", "stream");
    for (String name : List.of("service_tier", "user", "safety_identifier")) {
      if (from.path(name).isString()) {
        to.set(name, from.path(name));
      }
    }
    JsonNode effort = from.path("reasoning").path("effort");
    boolean reasons = effort.isString();
    if (reasons) {
      to.set("reasoning_effort", effort);
    }
    copy(from, "max_output_tokens", reasons ? "max_completion_tokens" : "max_tokens");
    if (from.path("stream").asBoolean(false)) {
      to.putObject("stream_options").put("include_usage", true);
    }
    logprobs();
  }

  private void logprobs() {
    boolean wanted = from.path("top_logprobs").asInt(0) > 0;
    for (JsonNode each : from.path("include")) {
      wanted |= each.asString("").equals("message.output_text.logprobs");
    }
    if (wanted) {
      to.put("logprobs", true);
      copy(from, "top_logprobs", "top_logprobs");
    }
  }

  private void copy(JsonNode of, String name, String as) {
    JsonNode value = of.path(name);
    if (!value.isMissingNode() && !value.isNull()) {
      to.set(as, value);
    }
  }

  private void input() {
    var messages = new Conversation(to.putArray("messages"));
    JsonNode instructions = from.path("instructions");
    if (instructions.isString() && !instructions.asString().isEmpty()) {
      messages.instruct(instructions.asString());
    }
    JsonNode input = from.path("input");
    if (input.isString()) {
      messages.user(input.asString());
    } else if (input.isArray()) {
      var items = new Items(messages);
      items.add(input);
      untold = items.untold();
    } else {
      throw wrong("input", "must be a string or an array of items.");
    }
    messages.end();
  }

  /** Tools that OpenAI itself runs, and those of other clients, mean nothing to a model here. */
  private void tools() {
    ArrayNode known = JsonBody.array();
    for (JsonNode tool : from.path("tools")) {
      switch (tool.path("type").asString("")) {
        case "function" -> known.add(tool(tool, "function", "parameters", "strict"));
        case "custom" -> known.add(tool(tool, "custom", "format"));
        default -> {}
      }
    }
    if (!known.isEmpty()) {
      to.set("tools", known);
      choice(from.path("tool_choice"));
      copy(from, "parallel_tool_calls", "parallel_tool_calls");
    }
  }

  private static ObjectNode tool(JsonNode tool, String type, String... members) {
    ObjectNode out = JsonBody.object().put("type", type);
    ObjectNode inner = out.putObject(type);
    inner.set("name", tool.path("name"));
    if (tool.path("description").isString()) {
      inner.set("description", tool.path("description"));
    }
    for (String member : members) {
      if (!tool.path(member).isMissingNode() && !tool.path(member).isNull()) {
        inner.set(member, tool.path(member));
      }
    }
    return out;
  }

  private void choice(JsonNode choice) {
    if (choice.isString()) {
      to.set("tool_choice", choice);
    } else if (choice.isObject()) {
      to.set(
          "tool_choice",
          switch (choice.path("type").asString("")) {
            case "function" -> tool(choice, "function");
            case "custom" -> tool(choice, "custom");
            case "allowed_tools" -> allowed(choice);
            default -> throw wrong("tool_choice.type", "names no tool that a model here can call.");
          });
    }
  }

  private static ObjectNode allowed(JsonNode choice) {
    ObjectNode out = JsonBody.object().put("type", "allowed_tools");
    ObjectNode inner = out.putObject("allowed_tools");
    inner.set("mode", choice.path("mode"));
    ArrayNode tools = inner.putArray("tools");
    for (JsonNode tool : choice.path("tools")) {
      String type = tool.path("type").asString("");
      if (type.equals("function") || type.equals("custom")) {
        tools.add(tool(tool, type));
      }
    }
    return out;
  }

  private void form() {
    JsonNode text = from.path("text");
    JsonNode format = text.path("format");
    switch (format.path("type").asString("text")) {
      case "text" -> {}
      case "json_object" -> to.set("response_format", format);
      case "json_schema" -> {
        var schema = (ObjectNode) format.deepCopy();
        schema.remove("type");
        to.putObject("response_format").put("type", "json_schema").set("json_schema", schema);
      }
      default -> throw wrong("text.format.type", "must be text, json_object or json_schema.");
    }
    copy(text, "verbosity", "verbosity");
  }
}
