package tayyar.messages;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import tayyar.api.Refused;
import tayyar.openai.DataUrl;
import tayyar.openai.JsonBody;
import tayyar.openai.Thoughts;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The turns of a message, made of a chat's messages. Messages of one role that follow each other
 * are one turn; results of tools belong to the user's.
 */
final class FromTurns {
  private static final Pattern NO_ID = Pattern.compile("[^a-zA-Z0-9_-]");

  private final Function<String, Refused> unable;
  private final ArrayNode system = JsonBody.array();
  private final ArrayNode turns = JsonBody.array();
  private boolean canThink = true;

  /**
   * No turn yet.
   *
   * @param unable makes the error of what a message can't say, by its place
   */
  FromTurns(Function<String, Refused> unable) {
    this.unable = unable;
  }

  /** Returns what stands above the conversation. */
  ArrayNode system() {
    return system;
  }

  /** Returns the turns. */
  ArrayNode turns() {
    return turns;
  }

  /**
   * Whether the model may think about its answer: not where it goes on behind a call whose thinking
   * the client has not sent back.
   */
  boolean canThink() {
    return canThink;
  }

  /** Adds all messages of a chat. */
  void all(JsonNode messages) {
    for (int i = 0; i < messages.size(); i++) {
      JsonNode message = messages.get(i);
      String where = "messages[" + i + "]";
      switch (message.path("role").asString("")) {
        case "system", "developer" -> parts(message.path("content"), system, where + ".content");
        case "assistant" -> assistant(message, where);
        case "tool", "function" -> result(message, where);
        default -> user(message, where);
      }
    }
    for (int i = turns.size() - 1; i >= 0; i--) {
      if (turns.get(i).path("content").isEmpty()) {
        turns.remove(i);
      }
    }
  }

  private void user(JsonNode message, String where) {
    canThink |= !isLast("user");
    parts(message.path("content"), turn("user"), where + ".content");
  }

  private boolean isLast(String role) {
    return turns.path(turns.size() - 1).path("role").asString("").equals(role);
  }

  private ArrayNode turn(String role) {
    if (isLast(role)) {
      return (ArrayNode) turns.get(turns.size() - 1).path("content");
    }
    return turns.addObject().put("role", role).putArray("content");
  }

  private void parts(JsonNode content, ArrayNode blocks, String where) {
    if (!content.isArray()) {
      text(content, blocks);
      return;
    }
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      int before = blocks.size();
      part(part, blocks, where + "[" + i + "]");
      if (blocks.size() > before) {
        cached(part, (ObjectNode) blocks.get(blocks.size() - 1));
      }
    }
  }

  /** Empty texts are refused there. */
  private static void text(JsonNode text, ArrayNode blocks) {
    if (!text.asString("").isEmpty()) {
      blocks.addObject().put("type", "text").set("text", text);
    }
  }

  private void part(JsonNode part, ArrayNode blocks, String where) {
    switch (part.path("type").asString("text")) {
      case "text" -> text(part.path("text"), blocks);
      case "refusal" -> text(part.path("refusal"), blocks);
      case "image_url" -> {
        JsonNode image = part.path("image_url");
        JsonNode url = image.isString() ? image : image.path("url");
        blocks.addObject().put("type", "image").set("source", source(url.asString("")));
      }
      case "file" -> file(part.path("file"), blocks, where);
      default -> throw unable.apply(where + ".type");
    }
  }

  private static ObjectNode source(String url) {
    DataUrl data = DataUrl.of(url);
    return data == null
        ? JsonBody.object().put("type", "url").put("url", url)
        : JsonBody.object()
            .put("type", "base64")
            .put("media_type", data.type())
            .put("data", data.base64());
  }

  private void file(JsonNode file, ArrayNode blocks, String where) {
    DataUrl data = DataUrl.of(file.path("file_data").asString(""));
    if (data == null || !data.type().toLowerCase(Locale.ROOT).equals("application/pdf")) {
      throw unable.apply(where + ".file");
    }
    ObjectNode block = blocks.addObject().put("type", "document");
    block.set("source", source(file.path("file_data").asString()));
    if (file.path("filename").isString()) {
      block.set("title", file.path("filename"));
    }
  }

  /** A mark of what the server is to keep in its cache, as OpenRouter's clients set it too. */
  static void cached(JsonNode from, ObjectNode to) {
    if (from.path("cache_control").isObject()) {
      to.set("cache_control", from.path("cache_control"));
    }
  }

  private void assistant(JsonNode message, String where) {
    ArrayNode blocks = turn("assistant");
    int before = blocks.size();
    thinking(message, blocks);
    boolean thought = blocks.size() > before;
    parts(message.path("content"), blocks, where + ".content");
    text(message.path("refusal"), blocks);
    JsonNode calls = message.path("tool_calls");
    for (int i = 0; i < calls.size(); i++) {
      call(calls.get(i), blocks, where + ".tool_calls[" + i + "]");
    }
    if (message.path("function_call").isObject()) {
      throw unable.apply(where + ".function_call");
    }
    canThink = thought || (canThink && calls.isEmpty());
  }

  /**
   * Gives back the thinking that a target has signed, which came as {@code reasoning_details}; its
   * text may stand in {@code reasoning_content} instead.
   */
  private static void thinking(JsonNode message, ArrayNode blocks) {
    JsonNode content = message.path("reasoning_content");
    JsonNode apart = content.isString() ? content : message.path("reasoning");
    var text = new StringBuilder();
    for (JsonNode detail : message.path("reasoning_details")) {
      if (Thoughts.areOf(detail, Thoughts.GEMINI)) {
        continue;
      }
      text.append(detail.path("text").asString(""));
      if (detail.path("signature").isString()) {
        String its = text.isEmpty() ? apart.asString("") : text.toString();
        ObjectNode block = blocks.addObject().put("type", "thinking").put("thinking", its);
        block.set("signature", detail.path("signature"));
        text.setLength(0);
      } else if (detail.path("type").asString("").equals("reasoning.encrypted")) {
        blocks.addObject().put("type", "redacted_thinking").set("data", detail.path("data"));
      }
    }
  }

  private void call(JsonNode call, ArrayNode blocks, String where) {
    JsonNode function = call.path("function");
    if (!function.isObject()) {
      throw unable.apply(where + ".type");
    }
    ObjectNode block = blocks.addObject().put("type", "tool_use").put("id", id(call.path("id")));
    block.set("name", function.path("name"));
    block.set("input", input(function.path("arguments").asString(""), where));
  }

  private JsonNode input(String arguments, String where) {
    if (arguments.isBlank()) {
      return JsonBody.object();
    }
    try {
      return JsonBody.read(arguments.getBytes(UTF_8));
    } catch (Refused e) {
      throw unable.apply(where + ".function.arguments");
    }
  }

  /** The characters that the ids of calls may have there; calls and results change alike. */
  private static String id(JsonNode id) {
    return NO_ID.matcher(id.asString("")).replaceAll("_");
  }

  private void result(JsonNode message, String where) {
    if (!message.path("tool_call_id").isString()) {
      throw unable.apply(where + ".role");
    }
    ArrayNode inside = JsonBody.array();
    parts(message.path("content"), inside, where + ".content");
    ObjectNode block = turn("user").addObject().put("type", "tool_result");
    block.put("tool_use_id", id(message.path("tool_call_id")));
    if (!inside.isEmpty()) {
      block.set("content", inside);
    }
  }
}
