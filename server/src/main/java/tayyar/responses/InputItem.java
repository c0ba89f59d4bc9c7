package tayyar.responses;

import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An item of a request in the form in which a stored response lists it. */
final class InputItem {
  private InputItem() {}

  /**
   * Returns it with all its members.
   *
   * @param responseId the response's id
   * @param index its place in the input
   */
  static ObjectNode shown(JsonNode given, String responseId, int index) {
    ObjectNode item = given.isObject() ? (ObjectNode) given.deepCopy() : JsonBody.object();
    String type = item.path("type").asString("message");
    item.put("type", type);
    if (!item.path("id").isString()) {
      String number = responseId.substring(responseId.indexOf('_') + 1);
      item.put("id", prefix(type) + "_" + number + "_in" + index);
    }
    if (!type.equals("reasoning") && !item.path("status").isString()) {
      item.put("status", "completed");
    }
    if (type.equals("message") && item.path("content").isString()) {
      boolean said = item.path("role").asString("").equals("assistant");
      JsonNode text = item.path("content");
      ObjectNode part = item.putArray("content").addObject();
      part.put("type", said ? "output_text" : "input_text").set("text", text);
      if (said) {
        part.putArray("annotations");
        part.putArray("logprobs");
      }
    }
    return item;
  }

  private static String prefix(String type) {
    return switch (type) {
      case "message" -> "msg";
      case "reasoning" -> "rs";
      case "function_call" -> "fc";
      case "custom_tool_call" -> "ctc";
      case "function_call_output" -> "fco";
      case "custom_tool_call_output" -> "ctco";
      default -> "item";
    };
  }
}
