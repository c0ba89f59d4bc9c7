package tayyar.gemini;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import tayyar.api.Refused;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which tools the model may or must call.
 *
 * @param unable makes the error of what can't be said, by its place
 */
record ToolChoice(Function<String, Refused> unable) {

  /**
   * Returns the server's form of a chat's choice; empty where nothing is chosen.
   *
   * @param functions those that the server is told; those that are not allowed are taken out, where
   *     the model may do without a call
   */
  ObjectNode of(JsonNode choice, ArrayNode functions) {
    ObjectNode calling = JsonBody.object();
    if (choice.isObject()) {
      named(choice, functions, calling);
    } else {
      switch (choice.asString("")) {
        case "" -> {}
        case "auto" -> calling.put("mode", "AUTO");
        case "none" -> calling.put("mode", "NONE");
        case "required" -> calling.put("mode", "ANY");
        default -> throw unable.apply("tool_choice");
      }
    }
    return calling;
  }

  private void named(JsonNode choice, ArrayNode functions, ObjectNode calling) {
    switch (choice.path("type").asString("")) {
      case "function" -> {
        JsonNode name = choice.path("function").path("name");
        if (!name.isString()) {
          throw unable.apply("tool_choice");
        }
        calling.put("mode", "ANY").putArray("allowedFunctionNames").add(name);
      }
      case "allowed_tools" -> allowed(choice.path("allowed_tools"), functions, calling);
      default -> throw unable.apply("tool_choice");
    }
  }

  private void allowed(JsonNode allowed, ArrayNode functions, ObjectNode calling) {
    Set<String> names = new HashSet<>();
    for (JsonNode tool : allowed.path("tools")) {
      if (!tool.path("function").path("name").isString()) {
        throw unable.apply("tool_choice");
      }
      names.add(tool.path("function").path("name").asString());
    }
    if (allowed.path("mode").asString("").equals("required")) {
      ArrayNode all = calling.put("mode", "ANY").putArray("allowedFunctionNames");
      names.stream().sorted().forEach(all::add);
    } else {
      for (int i = functions.size() - 1; i >= 0; i--) {
        if (!names.contains(functions.get(i).path("name").asString(""))) {
          functions.remove(i);
        }
      }
      calling.put("mode", "AUTO");
    }
  }
}
