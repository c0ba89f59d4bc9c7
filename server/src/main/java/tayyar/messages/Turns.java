package tayyar.messages;

import static tayyar.openai.JsonBody.wrong;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.openai.CallIds;
import tayyar.openai.Conversation;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages of a chat, made of turns with blocks. A turn of the user may hold results of tools,
 * which are messages of their own in a chat and stand right behind the calls.
 */
final class Turns {
  private final Conversation to;
  private final ToolChanges tools;
  private String untold = "";

  /** Adds to these. */
  Turns(ArrayNode to, ToolChanges tools) {
    this.to = new Conversation(to);
    this.tools = tools;
  }

  /** Returns the place of the first block that was left out, since no chat can tell it. */
  String untold() {
    return untold;
  }

  private void leaveOut(String where) {
    untold = untold.isEmpty() ? where : untold;
  }

  /** Adds instructions, where there are any: above the conversation, or in it. */
  void system(JsonNode content, String where) {
    if (!content.isMissingNode() && !content.isNull()) {
      String text = text(content, where);
      if (!text.isEmpty()) {
        to.instruct(text);
      }
    }
  }

  /** Adds a turn. */
  void add(JsonNode turn, String where) {
    JsonNode content = turn.path("content");
    String role = turn.path("role").asString("");
    switch (role) {
      case "user" -> user(content, where + ".content");
      case "assistant" -> assistant(content, where + ".content");
      case "system" -> {
        content.forEach(tools::take);
        system(content, where + ".content");
      }
      default -> throw wrong(where + ".role", "must be user or assistant.");
    }
  }

  /** Ends the conversation. */
  void end() {
    to.end();
  }

  private void user(JsonNode content, String where) {
    if (content.isEmpty() && content.asString("").isEmpty()) {
      throw new Refused(new ApiError.MissingContent(where));
    }
    if (content.isString()) {
      to.user(content.asString());
      return;
    }
    if (!content.isArray()) {
      throw wrong(where, "must be a string or an array of blocks.");
    }
    ArrayNode parts = JsonBody.array();
    for (int i = 0; i < content.size(); i++) {
      part(content.get(i), parts, where + "[" + i + "]");
    }
    if (parts.isEmpty() && !untold.isEmpty()) {
      text(parts, JsonBody.string(" "));
    }
    to.user(parts);
  }

  private void part(JsonNode block, ArrayNode parts, String where) {
    switch (block.path("type").asString("")) {
      case "text" -> text(parts, block.path("text"));
      case "image" -> image(parts, block.path("source"), where);
      case "document" -> document(parts, block, where);
      case "search_result" -> text(parts, JsonBody.string(text(block.path("content"), where)));
      case "tool_result" -> result(block, parts, where);
      case "" -> throw wrong(where + ".type", "is missing.");
      default -> leaveOut(where + ".type");
    }
  }

  private static void text(ArrayNode parts, JsonNode text) {
    parts.addObject().put("type", "text").set("text", text);
  }

  private void image(ArrayNode parts, JsonNode source, String where) {
    String url = address(source);
    if (url.isEmpty()) {
      leaveOut(where + ".source.type");
    } else {
      parts.addObject().put("type", "image_url").putObject("image_url").put("url", url);
    }
  }

  /** Returns where something is; empty where only its server knows. */
  private static String address(JsonNode source) {
    return switch (source.path("type").asString("")) {
      case "base64" ->
          "data:"
              + source.path("media_type").asString("")
              + ";base64,"
              + source.path("data").asString("");
      case "url" -> source.path("url").asString("");
      default -> "";
    };
  }

  private void document(ArrayNode parts, JsonNode block, String where) {
    JsonNode source = block.path("source");
    switch (source.path("type").asString("")) {
      case "text" -> text(parts, source.path("data"));
      case "content" -> text(parts, JsonBody.string(text(source.path("content"), where)));
      case "base64" ->
          parts
              .addObject()
              .put("type", "file")
              .putObject("file")
              .put("filename", block.path("title").asString("document.pdf"))
              .put("file_data", address(source));
      default -> leaveOut(where + ".source.type");
    }
  }

  /** The result of a tool; pictures in it go to the user's message behind it. */
  private void result(JsonNode block, ArrayNode parts, String where) {
    JsonNode content = block.path("content");
    var text = new StringBuilder();
    if (content.isArray()) {
      for (int i = 0; i < content.size(); i++) {
        JsonNode each = content.get(i);
        String at = where + ".content[" + i + "]";
        switch (each.path("type").asString("")) {
          case "text" -> text.append(each.path("text").asString(""));
          case "image" -> image(parts, each.path("source"), at);
          case "document" -> document(parts, each, at);
          case "search_result" -> text.append(text(each.path("content"), at));
          case "tool_reference" -> {
            tools.found(each.path("tool_name").asString(""));
            text.append(each);
          }
          default -> text.append(each);
        }
      }
    } else {
      text.append(content.asString(""));
    }
    ObjectNode message = to.add("tool");
    message.set("tool_call_id", CallIds.own(block.path("tool_use_id")));
    message.put("content", text.toString());
  }

  private void assistant(JsonNode content, String where) {
    ObjectNode message = to.add("assistant");
    if (!content.isArray()) {
      message.set("content", content);
      return;
    }
    var text = new StringBuilder();
    ArrayNode calls = JsonBody.array();
    for (int i = 0; i < content.size(); i++) {
      JsonNode block = content.get(i);
      switch (block.path("type").asString("")) {
        case "text" -> text.append(block.path("text").asString(""));
        case "tool_use" -> call(calls, block);
        case "image", "document", "tool_result", "" ->
            throw wrong(where + "[" + i + "].type", "is not the assistant's.");
        default -> {} // Its thinking, and tools that ran elsewhere: no other model can check them.
      }
    }
    message.set("content", said(text, calls));
    if (!calls.isEmpty()) {
      message.set("tool_calls", calls);
    }
  }

  private static @Nullable JsonNode said(StringBuilder text, ArrayNode calls) {
    return text.isEmpty() && !calls.isEmpty() ? null : JsonBody.string(text.toString());
  }

  private static void call(ArrayNode calls, JsonNode block) {
    ObjectNode call = calls.addObject();
    CallIds.restore(call, block.path("id"));
    call.put("type", "function");
    ObjectNode function = call.putObject("function");
    function.set("name", block.path("name"));
    function.put(
        "arguments", block.path("input").isObject() ? block.path("input").toString() : "{}");
  }

  private static String text(JsonNode content, String where) {
    if (content.isString()) {
      return content.asString();
    }
    if (!content.isArray()) {
      throw wrong(where, "must be a string or an array of texts.");
    }
    var all = new StringBuilder();
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      if (ToolChanges.isChange(part)) {
        continue;
      }
      if (!part.path("type").asString("").equals("text")) {
        throw wrong(where + "[" + i + "].type", "must be text.");
      }
      all.append(all.isEmpty() ? "" : "\n").append(part.path("text").asString(""));
    }
    return all.toString();
  }
}
