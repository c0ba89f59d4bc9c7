package tayyar.conformance;

import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings chats that mean the same to one form: neighbours of one role are one message, texts beside
 * each other one text, pictures of a tool's result stand behind all results.
 */
final class Alike {
  private static final JsonMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final ArrayNode to = EXACT.createArrayNode();
  private ArrayNode shown = EXACT.createArrayNode();

  private Alike() {}

  /** Reads JSON; numbers stay what they are, to the last digit. */
  static JsonNode exact(String json) {
    return EXACT.readTree(json);
  }

  /** The form of a chat, without these members of its own, of functions and of forms. */
  static String of(JsonNode given, Set<String> without) {
    var chat = (ObjectNode) exact(given.toString());
    chat.remove(Set.of("model", "stream", "stream_options"));
    if (chat.has("max_completion_tokens")) {
      chat.set("max_tokens", chat.remove("max_completion_tokens"));
    }
    if (chat.path("stop").isString()) {
      chat.set("stop", EXACT.createArrayNode().add(chat.path("stop")));
    }
    if (!chat.has("tool_choice") || !chat.has("tools")) {
      chat.put("tool_choice", "auto");
    }
    for (JsonNode tool : chat.path("tools")) {
      var function = (ObjectNode) tool.path("function");
      function.remove(without);
      if (!function.path("strict").asBoolean(true)) {
        function.remove("strict"); // As where it is left out.
      }
    }
    if (chat.path("response_format").path("json_schema") instanceof ObjectNode schema) {
      schema.retain("schema"); // Not all have a name for it.
    }
    chat.remove(without);
    var alike = new Alike();
    for (JsonNode message : chat.path("messages")) {
      alike.add((ObjectNode) message, without);
    }
    alike.show();
    alike.to.forEach(message -> joined((ObjectNode) message));
    chat.set("messages", alike.to);
    return sorted(chat).toString();
  }

  private static JsonNode sorted(JsonNode value) {
    if (value.isArray()) {
      ArrayNode all = EXACT.createArrayNode();
      value.forEach(one -> all.add(sorted(one)));
      return all;
    }
    if (!value.isObject()) {
      return value;
    }
    ObjectNode all = EXACT.createObjectNode();
    value.properties().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(one -> all.set(one.getKey(), sorted(one.getValue())));
    return all;
  }

  private void add(ObjectNode message, Set<String> without) {
    String role = message.path("role").asString();
    ArrayNode parts = parts(message.path("content"), without);
    if (role.equals("tool")) {
      ArrayNode texts = EXACT.createArrayNode();
      parts.forEach(part -> (part.has("text") ? texts : shown).add(part));
      message.set("content", texts);
      to.add(message);
      return;
    }
    show();
    message.set("content", parts);
    message.remove(without);
    for (JsonNode call : message.path("tool_calls")) {
      ((ObjectNode) call).remove(without);
    }
    append(role, message);
  }

  private void append(String role, ObjectNode message) {
    JsonNode last = to.path(to.size() - 1);
    if (!last.path("role").asString("").equals(role)) {
      to.add(message);
      return;
    }
    ((ArrayNode) last.path("content")).addAll((ArrayNode) message.path("content"));
    for (String list : List.of("tool_calls", "reasoning_details")) {
      for (JsonNode entry : message.path(list)) {
        ((ObjectNode) last).withArray(list).add(entry);
      }
    }
  }

  private void show() {
    if (!shown.isEmpty()) {
      ObjectNode message = EXACT.createObjectNode().put("role", "user");
      message.set("content", shown);
      shown = EXACT.createArrayNode();
      append("user", message);
    }
  }

  private static ArrayNode parts(JsonNode content, Set<String> without) {
    ArrayNode parts = EXACT.createArrayNode();
    if (content.isString() && !content.asString().isEmpty()) {
      parts.addObject().put("type", "text").set("text", content);
    }
    for (JsonNode part : content) {
      if (part.path("file") instanceof ObjectNode file) {
        file.remove(without);
      }
      parts.add(part);
    }
    return parts;
  }

  /** The assistant's texts follow each other; the user's are lines. */
  private static void joined(ObjectNode message) {
    String between = message.path("role").asString().equals("assistant") ? "" : "\n";
    ArrayNode parts = EXACT.createArrayNode();
    for (JsonNode part : message.path("content")) {
      JsonNode last = parts.path(parts.size() - 1);
      if (part.has("text") && last.has("text")) {
        String text = last.path("text").asString() + between + part.path("text").asString();
        ((ObjectNode) last).put("text", text);
      } else {
        parts.add(part);
      }
    }
    message.set("content", parts);
    if (message.path("tool_calls").isEmpty()) {
      message.remove("tool_calls");
    }
  }
}
