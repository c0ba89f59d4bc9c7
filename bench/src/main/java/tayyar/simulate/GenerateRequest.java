package tayyar.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request of Google's API, checked as its server does, which refuses unknown names, and told as a
 * chat, which is what the simulator answers.
 *
 * @see <a href="https://ai.google.dev/api/generate-content">Generating content</a>
 */
final class GenerateRequest {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Pattern PATH =
      Pattern.compile(
          ".*/((?:models|tunedModels)/[^/:?]+):(generateContent|streamGenerateContent)(\\?.*)?");

  private static final Pattern LINE = Pattern.compile("_([a-z])");

  /** Members whose values have names of the client's. */
  private static final Set<String> OWN =
      Set.of("args", "response", "parameters", "parametersJsonSchema", "responseJsonSchema");

  private static final Set<String> TOP =
      Set.of(
          "contents",
          "systemInstruction",
          "tools",
          "toolConfig",
          "generationConfig",
          "safetySettings",
          "cachedContent",
          "simulate");

  private static final Set<String> CONFIG =
      Set.of(
          "maxOutputTokens",
          "stopSequences",
          "temperature",
          "topP",
          "topK",
          "seed",
          "responseMimeType",
          "responseSchema",
          "responseJsonSchema",
          "candidateCount",
          "responseLogprobs",
          "logprobs",
          "presencePenalty",
          "frequencyPenalty",
          "responseModalities",
          "thinkingConfig");

  private static final Set<String> PART =
      Set.of(
          "text",
          "thought",
          "thoughtSignature",
          "inlineData",
          "fileData",
          "functionCall",
          "functionResponse");

  private static final Set<String> FUNCTION =
      Set.of("name", "description", "parameters", "parametersJsonSchema");

  private final JsonNode from;
  private final ObjectNode to = JSON.createObjectNode();

  private GenerateRequest(JsonNode from) {
    this.from = from;
  }

  /** Whether a request's target is of this API. */
  static boolean isOf(String uri) {
    return PATH.matcher(uri).matches();
  }

  /**
   * Tells a request as a chat.
   *
   * @throws IllegalArgumentException in the server's words, where it would refuse it
   */
  static JsonNode chat(String uri, JsonNode body) {
    Matcher path = PATH.matcher(uri);
    if (!path.matches()) {
      throw new IllegalStateException(uri);
    }
    GenerateRequest request = new GenerateRequest(camel(body));
    request.to.put("model", path.group(1).replaceFirst("models/", ""));
    request.to.put("stream", path.group(2).startsWith("stream"));
    request.all();
    return request.to;
  }

  /** Names may have lines instead of capitals, but for those that are a client's own. */
  private static JsonNode camel(JsonNode value) {
    if (value.isArray()) {
      ArrayNode all = JSON.createArrayNode();
      value.forEach(one -> all.add(camel(one)));
      return all;
    }
    if (!value.isObject()) {
      return value;
    }
    ObjectNode all = JSON.createObjectNode();
    for (String name : value.propertyNames()) {
      String its = LINE.matcher(name).replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
      all.set(its, OWN.contains(its) ? value.path(name) : camel(value.path(name)));
    }
    return all;
  }

  private void all() {
    known(from, TOP, "");
    to.set("simulate", from.path("simulate"));
    ArrayNode messages = to.putArray("messages");
    JsonNode system = from.path("systemInstruction");
    if (!system.isMissingNode()) {
      messages.addObject().put("role", "system").put("content", parts(system.path("parts")));
    }
    if (from.path("contents").isEmpty()) {
      throw new IllegalArgumentException("* GenerateContentRequest.contents: is not specified");
    }
    contents(messages);
    tools();
    config(from.path("generationConfig"));
  }

  private static void known(JsonNode object, Set<String> names, String where) {
    for (String name : object.propertyNames()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "Invalid JSON payload received. Unknown name \"" + name + "\"" + where);
      }
    }
  }

  private void contents(ArrayNode messages) {
    int calls = 0;
    for (JsonNode content : from.path("contents")) {
      known(content, Set.of("role", "parts"), " at 'contents'");
      String role = content.path("role").asString("user");
      if (!Set.of("user", "model", "function").contains(role)) {
        throw new IllegalArgumentException("Please use a valid role: user, model.");
      }
      int results = count(content, "functionResponse");
      if (calls > 0 && results != calls) {
        throw new IllegalArgumentException(
            "Please ensure that the number of function response parts is equal to the number of"
                + " function call parts of the function call turn.");
      }
      calls = count(content, "functionCall");
      messages
          .addObject()
          .put("role", role.equals("model") ? "assistant" : "user")
          .put("content", parts(content.path("parts")));
    }
  }

  private static int count(JsonNode content, String name) {
    int count = 0;
    for (JsonNode part : content.path("parts")) {
      count += part.has(name) ? 1 : 0;
    }
    return count;
  }

  private static String parts(JsonNode parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("* parts: contents must have parts.");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode part : parts) {
      known(part, PART, " at 'contents.parts'");
      JsonNode response = part.path("functionResponse");
      if (part.path("functionCall").has("args")
          && !part.path("functionCall").path("args").isObject()) {
        throw new IllegalArgumentException("Proto field is not repeating: function_call.args");
      }
      if (!response.isMissingNode() && !response.path("response").isObject()) {
        throw new IllegalArgumentException("Invalid value at function_response.response (Struct)");
      }
      texts.add(part.path("text").asString(""));
      texts.add(response.path("response").path("output").asString(""));
      texts.add(response.path("response").path("result").asString(""));
    }
    return String.join("", texts);
  }

  private void tools() {
    ArrayNode tools = JSON.createArrayNode();
    for (JsonNode tool : from.path("tools")) {
      for (JsonNode its : tool.path("functionDeclarations")) {
        known(its, FUNCTION, " at 'tools.function_declarations'");
        ObjectNode function = tools.addObject().put("type", "function").putObject("function");
        function.set("name", its.path("name"));
        JsonNode schema = its.path("parametersJsonSchema");
        function.set("parameters", schema.isMissingNode() ? its.path("parameters") : schema);
      }
    }
    JsonNode calling = from.path("toolConfig").path("functionCallingConfig");
    String mode = calling.path("mode").asString("AUTO");
    if (!calling.path("allowedFunctionNames").isEmpty()
        && !Set.of("ANY", "VALIDATED").contains(mode)) {
      throw new IllegalArgumentException(
          "allowed_function_names should only be set when function calling mode is ANY.");
    }
    if (!tools.isEmpty()) {
      to.set("tools", tools);
      to.put("tool_choice", mode.equals("NONE") ? "none" : "auto");
    }
  }

  private void config(JsonNode config) {
    known(config, CONFIG, " at 'generation_config'");
    if (config.path("stopSequences").size() > 5) {
      throw new IllegalArgumentException("The number of stop sequences must be at most 5.");
    }
    if (config.path("maxOutputTokens").isNumber()) {
      to.set("max_tokens", config.path("maxOutputTokens"));
    }
    if (config.path("responseMimeType").asString("").equals("application/json")) {
      JsonNode schema = config.path("responseJsonSchema");
      ObjectNode format = to.putObject("response_format").put("type", "json_schema");
      format
          .putObject("json_schema")
          .set("schema", schema.isMissingNode() ? config.path("responseSchema") : schema);
    }
  }
}
