package tayyar.gemini;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tayyar.api.Refused;
import tayyar.openai.JsonBody;
import tayyar.openai.Thoughts;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The contents of a conversation, made of a chat's messages. Messages of one role that follow each
 * other are one content, but for results of tools: all of one round are a content of their own,
 * right behind the calls.
 */
final class FromTurns {
  private final Function<String, Refused> unable;
  private final ArrayNode system = JsonBody.array();
  private final ArrayNode contents = JsonBody.array();

  /** The names of the tools that were called, by the ids of the calls. */
  private final Map<String, JsonNode> called = new HashMap<>();

  /** The results of the round under way, and what came with them that is no text. */
  private ArrayNode results = JsonBody.array();

  private ArrayNode shown = JsonBody.array();

  /** What the model has said since another one spoke. */
  private Spoken spoken = new Spoken();

  private final ServerFiles stored;

  /**
   * No content yet.
   *
   * @param stored what is stored at the server
   * @param unable makes the error of what can't be said, by its place
   */
  FromTurns(ServerFiles stored, Function<String, Refused> unable) {
    this.stored = stored;
    this.unable = unable;
  }

  /** Returns the parts that stand above the conversation. */
  ArrayNode system() {
    return system;
  }

  /** Returns the conversation. */
  ArrayNode contents() {
    return contents;
  }

  /** Adds all messages of a chat. */
  void all(JsonNode messages) {
    for (int i = 0; i < messages.size(); i++) {
      JsonNode message = messages.get(i);
      String where = "messages[" + i + "]";
      String role = message.path("role").asString("");
      if (!role.equals("assistant")) {
        add("model", spoken.parts());
        spoken = new Spoken();
      }
      if (role.equals("tool") || role.equals("function")) {
        result(message, where);
        continue;
      }
      answered();
      JsonNode content = message.path("content");
      switch (role) {
        case "system", "developer" -> texts(content, where + ".content");
        case "assistant" -> assistant(message, where);
        default -> {
          var parts = new FromParts(stored, unable);
          parts.all(content, where + ".content");
          add("user", parts.parts());
        }
      }
    }
    add("model", spoken.parts());
    answered();
  }

  /** A round of calls is answered. */
  private void answered() {
    if (!results.isEmpty()) {
      contents.addObject().put("role", "user").set("parts", results);
      results = JsonBody.array();
    }
    if (!shown.isEmpty()) {
      contents.addObject().put("role", "user").set("parts", shown);
      shown = JsonBody.array();
    }
  }

  private void add(String role, ArrayNode parts) {
    if (parts.isEmpty()) {
      return;
    }
    JsonNode last = contents.path(contents.size() - 1);
    boolean results = last.path("parts").path(0).has("functionResponse");
    if (last.path("role").asString("").equals(role) && !results) {
      ((ArrayNode) last.path("parts")).addAll(parts);
    } else {
      contents.addObject().put("role", role).set("parts", parts);
    }
  }

  private void texts(JsonNode content, String where) {
    var parts = new FromParts(stored, unable);
    parts.all(content, where);
    if (!parts.areTexts()) {
      throw unable.apply(where);
    }
    system.addAll(parts.parts());
  }

  private void assistant(JsonNode message, String where) {
    var said = new FromParts(stored, unable);
    said.all(message.path("content"), where + ".content");
    said.text(message.path("refusal"));
    ArrayNode parts = said.parts();
    signed(message.path("reasoning_details"), parts);
    JsonNode calls = message.path("tool_calls");
    for (int i = 0; i < calls.size(); i++) {
      call(calls.get(i), parts, where + ".tool_calls[" + i + "]");
    }
    if (message.path("function_call").isObject()) {
      throw unable.apply(where + ".function_call");
    }
    spoken.add(parts);
  }

  /**
   * Of those that tell no place, the last is that of the text; where there are more, each comes in
   * an empty one.
   */
  private void signed(JsonNode details, ArrayNode parts) {
    List<JsonNode> signatures = new ArrayList<>();
    for (JsonNode detail : details) {
      boolean its = Thoughts.areOf(detail, Thoughts.GEMINI) && detail.path("data").isString();
      if (its && !spoken.sign(detail)) {
        signatures.add(detail.path("data"));
      }
    }
    if (!signatures.isEmpty() && !parts.isEmpty()) {
      ((ObjectNode) parts.get(parts.size() - 1))
          .set(ContentReading.SIGNATURE, signatures.getLast());
      signatures.removeLast();
    }
    signatures.forEach(
        each -> parts.addObject().put("text", "").set(ContentReading.SIGNATURE, each));
  }

  private void call(JsonNode call, ArrayNode parts, String where) {
    JsonNode function = call.path("function");
    if (!function.isObject()) {
      throw unable.apply(where + ".type");
    }
    ObjectNode part = parts.addObject();
    ObjectNode its = part.putObject("functionCall");
    if (call.path("id").isString()) {
      its.set("id", call.path("id"));
      called.put(call.path("id").asString(), function.path("name"));
    }
    its.set("name", function.path("name"));
    its.set("args", arguments(function.path("arguments").asString(""), where));
    JsonNode signature = call.path("extra_content").path("google").path("thought_signature");
    if (signature.isString()) {
      part.set(ContentReading.SIGNATURE, signature);
    }
  }

  private JsonNode arguments(String arguments, String where) {
    if (arguments.isBlank()) {
      return JsonBody.object();
    }
    try {
      return JsonBody.read(arguments.getBytes(UTF_8));
    } catch (Refused e) {
      throw unable.apply(where + ".function.arguments");
    }
  }

  /** A result goes by its tool's name, which only the call has said. */
  private void result(JsonNode message, String where) {
    JsonNode id = message.path("tool_call_id");
    JsonNode name = called.getOrDefault(id.asString(""), message.path("name"));
    if (!name.isString()) {
      throw unable.apply(where + ".tool_call_id");
    }
    var content = new FromParts(stored, unable);
    content.all(message.path("content"), where + ".content");
    ObjectNode response = results.addObject().putObject("functionResponse");
    if (id.isString()) {
      response.set("id", id);
    }
    response.set("name", name);
    response.putObject("response").put("output", content.textAlone());
    shown.addAll(content.media());
  }
}
