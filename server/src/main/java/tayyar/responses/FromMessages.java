package tayyar.responses;

import java.util.function.Function;
import tayyar.api.Refused;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The items of an input, made of a chat's messages. */
final class FromMessages {
  private final Function<String, Refused> unable;
  private final ArrayNode items = JsonBody.array();

  /**
   * No item yet.
   *
   * @param unable makes the error of what an input can't say, by its place
   */
  FromMessages(Function<String, Refused> unable) {
    this.unable = unable;
  }

  /** Returns the items of all messages of a chat. */
  ArrayNode all(JsonNode messages) {
    for (int i = 0; i < messages.size(); i++) {
      JsonNode message = messages.get(i);
      String where = "messages[" + i + "]";
      String role = message.path("role").asString("");
      switch (role) {
        case "assistant" -> assistant(message, where);
        case "tool" -> result(message, where);
        case "function" -> throw unable.apply(where + ".role");
        default -> message(role, "input_text", message.path("content"), where);
      }
    }
    return items;
  }

  private void message(String role, String text, JsonNode content, String where) {
    ObjectNode item = JsonBody.object().put("type", "message").put("role", role);
    ArrayNode parts = item.putArray("content");
    parts(content, text, parts, where + ".content");
    if (!parts.isEmpty()) {
      items.add(item);
    }
  }

  private void parts(JsonNode content, String text, ArrayNode parts, String where) {
    if (!content.isArray()) {
      text(text, content, parts);
      return;
    }
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      String at = where + "[" + i + "]";
      switch (part.path("type").asString("text")) {
        case "text" -> text(text, part.path("text"), parts);
        case "refusal" ->
            parts.addObject().put("type", "refusal").set("refusal", part.path("refusal"));
        case "image_url" -> image(part.path("image_url"), parts);
        case "file" -> file(part.path("file"), parts, at);
        default -> throw unable.apply(at + ".type");
      }
    }
  }

  private static void text(String type, JsonNode text, ArrayNode parts) {
    if (!text.asString("").isEmpty()) {
      parts.addObject().put("type", type).set("text", text);
    }
  }

  private static void image(JsonNode image, ArrayNode parts) {
    ObjectNode part = parts.addObject().put("type", "input_image");
    part.set("image_url", image.isString() ? image : image.path("url"));
    if (image.path("detail").isString()) {
      part.set("detail", image.path("detail"));
    }
  }

  private void file(JsonNode file, ArrayNode parts, String where) {
    if (!file.path("file_data").isString()) {
      throw unable.apply(where + ".file");
    }
    ObjectNode part = parts.addObject().put("type", "input_file");
    part.set("file_data", file.path("file_data"));
    if (file.path("filename").isString()) {
      part.set("filename", file.path("filename"));
    }
  }

  private void assistant(JsonNode message, String where) {
    thinking(message.path("reasoning_details"));
    message("assistant", "output_text", message.path("content"), where);
    JsonNode refusal = message.path("refusal");
    if (refusal.isString() && !refusal.asString().isEmpty()) {
      ObjectNode item = items.addObject().put("type", "message").put("role", "assistant");
      item.putArray("content").addObject().put("type", "refusal").set("refusal", refusal);
    }
    if (message.path("function_call").isObject()) {
      throw unable.apply(where + ".function_call");
    }
    for (JsonNode call : message.path("tool_calls")) {
      boolean custom = call.path("type").asString("").equals("custom");
      JsonNode inner = call.path(custom ? "custom" : "function");
      ObjectNode item =
          items.addObject().put("type", custom ? "custom_tool_call" : "function_call");
      item.set("call_id", call.path("id"));
      item.set("name", inner.path("name"));
      String arguments = custom ? "input" : "arguments";
      item.put(arguments, inner.path(arguments).asString(""));
    }
  }

  /** What such a server has sealed goes back to it; another's it could not read. */
  private void thinking(JsonNode details) {
    for (JsonNode detail : details) {
      if (detail.path("format").asString("").equals(Thought.FORMAT)) {
        ObjectNode item = items.addObject().put("type", "reasoning");
        if (detail.path("id").isString()) {
          item.set("id", detail.path("id"));
        }
        item.putArray("summary");
        item.set("encrypted_content", detail.path("data"));
      }
    }
  }

  private void result(JsonNode message, String where) {
    ObjectNode item = items.addObject().put("type", "function_call_output");
    item.set("call_id", message.path("tool_call_id"));
    JsonNode content = message.path("content");
    if (content.isArray()) {
      parts(content, "input_text", item.putArray("output"), where + ".content");
    } else {
      item.put("output", content.asString(""));
    }
  }
}
