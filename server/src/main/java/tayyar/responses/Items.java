package tayyar.responses;

import static tayyar.openai.JsonBody.wrong;

import java.util.Set;
import tayyar.api.ApiError;
import tayyar.api.DialectFault;
import tayyar.api.Refused;
import tayyar.openai.CallIds;
import tayyar.openai.Conversation;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages of a chat, made of items: calls join the assistant's message before them; pictures
 * that a tool gave go to a message of the user behind all results.
 */
final class Items {
  private static final Set<String> ROLES = Set.of("user", "assistant", "system", "developer");

  private final Conversation to;
  private ArrayNode shown = JsonBody.array();
  private ArrayNode thoughts = JsonBody.array();
  private String untold = "";

  Items(Conversation to) {
    this.to = to;
  }

  void add(JsonNode items) {
    for (int i = 0; i < items.size(); i++) {
      add(items.get(i), "input[" + i + "]");
    }
    show();
    settle();
  }

  private void add(JsonNode item, String where) {
    String type = item.path("type").asString("message");
    if (!type.endsWith("_output")) {
      show();
    }
    switch (type) {
      case "message" -> message(item, where);
      case "function_call" -> call(item, "function", "arguments");
      case "custom_tool_call" -> call(item, "custom", "input");
      case "function_call_output", "custom_tool_call_output" -> output(item, where + ".output");
      case "item_reference" ->
          throw new Refused(new ApiError.OfDialect(new DialectFault.NothingStored(where)));
      case "reasoning" -> thinking(item);
      default -> {} // Tools that ran elsewhere.
    }
  }

  private void show() {
    if (!shown.isEmpty()) {
      to.user(shown);
      shown = JsonBody.array();
    }
  }

  private void message(JsonNode item, String where) {
    String role = item.path("role").asString("");
    if (!ROLES.contains(role)) {
      throw new Refused(new ApiError.InvalidRole(where + ".role", role));
    }
    JsonNode content = item.path("content");
    if (content.isEmpty() && content.asString("").isEmpty() && !role.equals("assistant")) {
      throw new Refused(new ApiError.MissingContent(where + ".content"));
    }
    if (!role.equals("assistant")) {
      settle();
    }
    switch (role) {
      case "user" -> to.user(parts(content, where + ".content"));
      case "assistant" -> {
        ObjectNode message = to.add(role);
        message.set("content", content.isArray() ? JsonBody.string(text(content, "")) : content);
        think(message);
      }
      default -> to.instruct(text(parts(content, where + ".content"), "\n"));
    }
  }

  /** Returns the place of the first part that was left out, since no chat can tell it. */
  String untold() {
    return untold;
  }

  private ArrayNode parts(JsonNode content, String where) {
    ArrayNode parts = JsonBody.array();
    if (content.isString()) {
      parts.addObject().put("type", "text").set("text", content);
    } else if (content.isArray()) {
      for (int i = 0; i < content.size(); i++) {
        part(content.get(i), parts, where + "[" + i + "]");
      }
      if (parts.isEmpty() && !untold.isEmpty()) {
        parts.addObject().put("type", "text").put("text", " ");
      }
    } else {
      throw wrong(where, "must be a string or an array of parts.");
    }
    return parts;
  }

  private static String text(JsonNode parts, String between) {
    var all = new StringBuilder();
    for (JsonNode part : parts) {
      String its = part.path("text").asString("") + part.path("refusal").asString("");
      all.append(all.isEmpty() || its.isEmpty() ? "" : between).append(its);
    }
    return all.toString();
  }

  private void part(JsonNode part, ArrayNode to, String where) {
    switch (part.path("type").asString("")) {
      case "input_text", "output_text", "text" ->
          to.addObject().put("type", "text").set("text", part.path("text"));
      case "input_image" -> image(part, to, where);
      case "input_file" -> file(part, to, where);
      default -> throw wrong(where + ".type", "must be input_text, input_image or input_file.");
    }
  }

  private void image(JsonNode part, ArrayNode to, String where) {
    if (!part.path("image_url").isString()) {
      leaveOut(part, where, "image_url");
      return;
    }
    ObjectNode image = to.addObject().put("type", "image_url").putObject("image_url");
    image.set("url", part.path("image_url"));
    if (part.path("detail").isString()) {
      image.set("detail", part.path("detail"));
    }
  }

  private void file(JsonNode part, ArrayNode to, String where) {
    if (!part.path("file_data").isString()) {
      leaveOut(part, where, "file_data");
      return;
    }
    ObjectNode file = to.addObject().put("type", "file").putObject("file");
    file.set("file_data", part.path("file_data"));
    if (part.path("filename").isString()) {
      file.set("filename", part.path("filename"));
    }
  }

  /** What is at another place is for servers of the same language, which fetch it themselves. */
  private void leaveOut(JsonNode part, String where, String needed) {
    String there = part.path("file_id").isString() ? "file_id" : "file_url";
    if (!part.path(there).isString()) {
      throw wrong(where + "." + needed, "is required.");
    }
    untold = untold.isEmpty() ? where + "." + there : untold;
  }

  /** Only what a server here has sealed has a meaning for it; it goes to a message beside it. */
  private void thinking(JsonNode item) {
    ObjectNode detail = Sealed.detail(item);
    if (detail != null) {
      thoughts.add(detail);
    }
  }

  private void think(ObjectNode message) {
    if (!thoughts.isEmpty()) {
      message.withArray("reasoning_details").addAll(thoughts);
      thoughts = JsonBody.array();
    }
  }

  /** What is left at the end of the assistant's turn was sealed behind its last words. */
  private void settle() {
    ObjectNode last = to.assistant();
    if (last != null) {
      think(last);
    }
    thoughts = JsonBody.array();
  }

  private void call(JsonNode item, String type, String arguments) {
    ObjectNode last = to.assistant();
    ObjectNode message = last == null ? to.add("assistant").putNull("content") : last;
    think(message);
    ArrayNode calls =
        message.path("tool_calls") instanceof ArrayNode there
            ? there
            : message.putArray("tool_calls");
    ObjectNode call = calls.addObject();
    CallIds.restore(call, item.path("call_id"));
    ObjectNode inner = call.put("type", type).putObject(type);
    inner.set("name", item.path("name"));
    inner.set(arguments, item.path(arguments));
  }

  private void output(JsonNode item, String where) {
    settle();
    ObjectNode message = to.add("tool");
    message.set("tool_call_id", CallIds.own(item.path("call_id")));
    JsonNode output = item.path("output");
    if (!output.isArray()) {
      message.put("content", output.isString() ? output.asString() : output.toString());
      return;
    }
    message.put("content", text(output, "\n"));
    for (int i = 0; i < output.size(); i++) {
      if (output.get(i).path("type").asString("").matches("input_image|input_file")) {
        part(output.get(i), shown, where + "[" + i + "]");
      }
    }
  }
}
