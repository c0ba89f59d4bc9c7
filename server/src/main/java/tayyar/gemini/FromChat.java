package tayyar.gemini;

import static tayyar.openai.JsonBody.wrong;

import java.util.Map;
import java.util.Set;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.openai.JsonBody;
import tayyar.openai.Wanted;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a body of Google's API of that of a chat. What it can't say is refused with its place, or
 * left out by the rules of docs/dialects.md.
 */
final class FromChat {
  /** The most stop strings that are taken there. */
  static final int STOPS_MAX = 5;

  /** The most answers that are given there at once. */
  static final int ANSWERS_MAX = 8;

  /** Members that ask for what can't be had there, unless they ask for nothing. */
  static final Set<String> REFUSED = Wanted.unsayable();

  /** Numbers that have the same meaning there, by their names here. */
  static final Map<String, String> NUMBERS =
      Map.of(
          "temperature",
          "temperature",
          "top_p",
          "topP",
          "top_k",
          "topK",
          "presence_penalty",
          "presencePenalty",
          "frequency_penalty",
          "frequencyPenalty");

  private final InferenceRequest request;
  private final String model;
  private final ServerFiles stored;
  private final ObjectNode from;
  private final ObjectNode to = JsonBody.object();
  private final ObjectNode config = JsonBody.object();

  /**
   * A body that is not made yet.
   *
   * @param model the model's name at the target
   * @param stored what is stored at the target
   */
  FromChat(InferenceRequest request, String model, ServerFiles stored) {
    this.stored = stored;
    this.request = request;
    this.model = model;
    this.from = JsonBody.read(request.body());
  }

  /**
   * Makes it.
   *
   * @throws Refused with the place of what can't be said
   */
  ObjectNode body() {
    Wanted.refuse(from, REFUSED, this::unable);
    if (Wanted.isThere(own().path("cached_content"))) {
      stored.check("extra_body.google.cached_content");
      to.set("cachedContent", own().path("cached_content"));
    }
    contents();
    tools();
    numbers();
    stop();
    logprobs();
    form();
    think();
    if (!config.isEmpty()) {
      to.set("generationConfig", config);
    }
    return to;
  }

  /** The server answers no conversation without contents: instructions alone are a user's. */
  private void contents() {
    var turns = new FromTurns(stored, this::unable);
    turns.all(from.path("messages"));
    if (!turns.contents().isEmpty()) {
      if (!turns.system().isEmpty()) {
        to.putObject("systemInstruction").set("parts", turns.system());
      }
      to.set("contents", turns.contents());
    } else if (!turns.system().isEmpty()) {
      to.putArray("contents").addObject().put("role", "user").set("parts", turns.system());
    } else {
      throw new Refused(new ApiError.MissingContent("messages"));
    }
  }

  /** What Google's endpoint for OpenAI's language takes besides. */
  private JsonNode own() {
    return from.path("extra_body").path("google");
  }

  private Refused unable(String where) {
    return new Refused(new ApiError.UnsupportedByModel(where, request.model()));
  }

  private void numbers() {
    int most = Wanted.mostTokens(from);
    if (most > 0) {
      config.put("maxOutputTokens", most);
    }
    NUMBERS.forEach(
        (name, its) -> {
          if (from.path(name).isNumber()) {
            config.set(its, from.path(name));
          }
        });
    // Seeds have 32 bits there.
    if (from.path("seed").isIntegralNumber()) {
      config.put("seed", (int) from.path("seed").asLong());
    }
    int answers = from.path("n").asInt(1);
    if (answers > ANSWERS_MAX) {
      throw unable("n");
    }
    if (answers > 1) {
      config.put("candidateCount", answers);
    }
  }

  private void stop() {
    JsonNode stop = from.path("stop");
    if (stop.isString()) {
      config.putArray("stopSequences").add(stop);
    } else if (stop.size() > STOPS_MAX) {
      throw unable("stop");
    } else if (!stop.isEmpty()) {
      config.set("stopSequences", stop);
    }
  }

  private void logprobs() {
    if (from.path("logprobs").asBoolean(false)) {
      config.put("responseLogprobs", true);
      int best = from.path("top_logprobs").asInt(0);
      if (best > 0) {
        config.put("logprobs", best);
      }
    }
  }

  private void form() {
    JsonNode format = from.path("response_format");
    switch (format.path("type").asString("text")) {
      case "text" -> {}
      case "json_object" -> config.put("responseMimeType", "application/json");
      case "json_schema" -> {
        JsonNode schema = format.path("json_schema").path("schema");
        if (!schema.isObject()) {
          throw wrong("response_format.json_schema.schema", "must be an object.");
        }
        config.put("responseMimeType", "application/json").set("responseJsonSchema", schema);
      }
      default -> throw unable("response_format");
    }
  }

  /** Schemas go there whole, as JSON Schema; what the server does not know, it passes over. */
  private void tools() {
    JsonNode given = from.path("tools");
    ArrayNode functions = JsonBody.array();
    for (int i = 0; i < given.size(); i++) {
      JsonNode tool = given.get(i);
      if (!tool.path("type").asString("function").equals("function")) {
        throw unable("tools[" + i + "].type");
      }
      functions.add(function(tool.path("function")));
    }
    if (!functions.isEmpty()) {
      var choice = new ToolChoice(this::unable);
      ObjectNode calling = choice.of(from.path("tool_choice"), functions);
      to.putArray("tools").addObject().set("functionDeclarations", functions);
      if (!calling.isEmpty()) {
        to.putObject("toolConfig").set("functionCallingConfig", calling);
      }
    }
  }

  private static ObjectNode function(JsonNode of) {
    ObjectNode function = JsonBody.object();
    function.set("name", of.path("name"));
    if (of.path("description").isString()) {
      function.set("description", of.path("description"));
    }
    if (of.path("parameters").isObject()) {
      function.set("parametersJsonSchema", of.path("parameters"));
    }
    return function;
  }

  private void think() {
    JsonNode its = own().path("thinking_config");
    ObjectNode thinking =
        its.isObject() ? Thinking.given(its) : Thinking.of(Wanted.effort(from), model);
    if (!thinking.isEmpty()) {
      config.set("thinkingConfig", thinking);
    }
  }
}
