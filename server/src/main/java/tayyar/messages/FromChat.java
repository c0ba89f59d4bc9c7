package tayyar.messages;

import static tayyar.openai.JsonBody.wrong;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.openai.JsonBody;
import tayyar.openai.Wanted;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a body of the Messages API of that of a chat. What it can't say is refused with its place,
 * or left out by the rules of docs/dialects.md.
 */
final class FromChat {
  /** The Messages API wants a bound; all models since 2024 can write as much. */
  static final int MAX_TOKENS = 8192;

  private static final int THINKING_TOKENS_MIN = 1024;
  private static final int THINKING_TOKENS_MAX = 32_000;

  /** The part of the most tokens that a model may think with, by OpenAI's word for the effort. */
  private static final Map<String, Double> EFFORTS =
      Map.of("low", 0.2, "medium", 0.5, "high", 0.8, "xhigh", 0.95);

  /** Members that ask for what no message can have, unless they ask for nothing. */
  static final Set<String> REFUSED = Wanted.unsayable("n", "logprobs", "top_logprobs");

  private final InferenceRequest request;
  private final ObjectNode from;
  private final ObjectNode to = JsonBody.object();

  /**
   * A body that is not made yet.
   *
   * @param model the model's name at the target
   * @param stream whether a stream is asked for
   */
  FromChat(InferenceRequest request, String model, boolean stream) {
    this.request = request;
    this.from = JsonBody.read(request.body());
    to.put("model", model).put("stream", stream);
  }

  /**
   * Makes it.
   *
   * @throws Refused with the place of what can't be said
   */
  ObjectNode body() {
    Wanted.refuse(from, REFUSED, this::unable);
    int told = Wanted.mostTokens(from);
    int most = told > 0 ? told : MAX_TOKENS;
    to.put("max_tokens", most);
    var turns = new FromTurns(this::unable);
    turns.all(from.path("messages"));
    messages(turns);
    stop();
    tools();
    form();
    think(most, turns.canThink());
    if (!to.has("thinking")) {
      sampling();
    }
    user();
    return to;
  }

  /** The server answers no conversation without turns: instructions alone are a user's. */
  private void messages(FromTurns turns) {
    if (!turns.turns().isEmpty()) {
      if (!turns.system().isEmpty()) {
        to.set("system", turns.system());
      }
      to.set("messages", turns.turns());
    } else if (!turns.system().isEmpty()) {
      to.putArray("messages").addObject().put("role", "user").set("content", turns.system());
    } else {
      throw new Refused(new ApiError.MissingContent("messages"));
    }
  }

  private Refused unable(String where) {
    return new Refused(new ApiError.UnsupportedByModel(where, request.model()));
  }

  private void stop() {
    JsonNode stop = from.path("stop");
    if (stop.isString()) {
      to.putArray("stop_sequences").add(stop);
    } else if (stop.isArray() && !stop.isEmpty()) {
      to.set("stop_sequences", stop);
    }
  }

  /** Temperatures go to 1 here. */
  private void sampling() {
    JsonNode temperature = from.path("temperature");
    if (temperature.isNumber()) {
      to.set(
          "temperature",
          temperature.asDouble() > 1 ? JsonBody.object().numberNode(1) : temperature);
    }
    for (String name : new String[] {"top_p", "top_k"}) {
      if (from.path(name).isNumber()) {
        to.set(name, from.path(name));
      }
    }
  }

  private void tools() {
    JsonNode given = from.path("tools");
    ArrayNode tools = JsonBody.array();
    for (int i = 0; i < given.size(); i++) {
      JsonNode tool = given.get(i);
      if (!tool.path("type").asString("function").equals("function")) {
        throw unable("tools[" + i + "].type");
      }
      tools.add(tool(tool));
    }
    if (!tools.isEmpty()) {
      to.set("tools", tools);
      choice();
    }
  }

  private static ObjectNode tool(JsonNode of) {
    JsonNode function = of.path("function");
    ObjectNode tool = JsonBody.object();
    tool.set("name", function.path("name"));
    if (function.path("description").isString()) {
      tool.set("description", function.path("description"));
    }
    if (function.path("parameters").isObject()) {
      tool.set("input_schema", function.path("parameters"));
    } else {
      tool.putObject("input_schema").put("type", "object").putObject("properties");
    }
    if (function.path("strict").asBoolean(false)) {
      tool.put("strict", true);
    }
    FromTurns.cached(of, tool);
    return tool;
  }

  private void choice() {
    JsonNode choice = from.path("tool_choice");
    ObjectNode its = JsonBody.object();
    if (choice.isObject()) {
      JsonNode name = choice.path("function").path("name");
      if (!name.isString()) {
        throw unable("tool_choice");
      }
      its.put("type", "tool").set("name", name);
    } else {
      switch (choice.asString("")) {
        case "", "auto" -> its.put("type", "auto");
        case "none" -> its.put("type", "none");
        case "required" -> its.put("type", "any");
        default -> throw unable("tool_choice");
      }
    }
    boolean one = !from.path("parallel_tool_calls").asBoolean(true);
    if (one && !its.path("type").asString().equals("none")) {
      its.put("disable_parallel_tool_use", true);
    }
    if (one || !choice.isMissingNode()) {
      to.set("tool_choice", its);
    }
  }

  private void form() {
    JsonNode format = from.path("response_format");
    switch (format.path("type").asString("text")) {
      case "text" -> {}
      case "json_schema" -> {
        JsonNode schema = format.path("json_schema").path("schema");
        if (!schema.isObject()) {
          throw wrong("response_format.json_schema.schema", "must be an object.");
        }
        ObjectNode its = to.putObject("output_config").putObject("format");
        its.put("type", "json_schema").set("schema", schema);
      }
      default -> throw unable("response_format");
    }
  }

  /**
   * Asks for thinking where an effort is named, as much of the tokens as OpenRouter gives it. A
   * forced call forbids it, and so does a call in the conversation whose thinking is not there.
   *
   * @see <a href="https://openrouter.ai/docs/use-cases/reasoning-tokens">OpenRouter's ratios</a>
   */
  private void think(int most, boolean canThink) {
    if (from.path("thinking").isObject()) {
      to.set("thinking", from.path("thinking"));
      return;
    }
    @Nullable Double part = EFFORTS.get(Wanted.effort(from));
    String choice = to.path("tool_choice").path("type").asString("auto");
    boolean forced = choice.equals("any") || choice.equals("tool");
    if (part == null || forced || !canThink || most <= THINKING_TOKENS_MIN) {
      return;
    }
    int budget = Math.clamp((long) (most * part), THINKING_TOKENS_MIN, THINKING_TOKENS_MAX);
    to.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
  }

  private void user() {
    JsonNode user = from.path("user");
    JsonNode its = user.isString() ? user : from.path("safety_identifier");
    if (its.isString() && !its.asString().isEmpty()) {
      to.putObject("metadata").set("user_id", its);
    }
  }
}
