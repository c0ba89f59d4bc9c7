package tayyar.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tayyar.openai.CallIds;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Chats as clients of other dialects would have written them, and Google's contents as its server
 * reads them: written from the published descriptions alone.
 */
final class AskedForms {
  private static final JsonMapper JSON = JsonMapper.shared();

  private AskedForms() {}

  private static String id(JsonNode call) {
    byte[] id = call.path("id").asString().getBytes(UTF_8);
    JsonNode extra = call.path("extra_content");
    String more = extra.isMissingNode() ? "" : ",\"extra_content\":" + extra;
    return new String(CallIds.told(id, more.getBytes(UTF_8)), UTF_8);
  }

  private static void copy(JsonNode from, ObjectNode to, String name, String as) {
    if (from.has(name)) {
      to.set(as, from.path(name));
    }
  }

  private static JsonNode most(JsonNode chat) {
    return chat.path(chat.has("max_tokens") ? "max_tokens" : "max_completion_tokens");
  }

  /** As a request of the Messages API. */
  static ObjectNode messages(JsonNode chat) {
    ObjectNode body = JSON.createObjectNode();
    copy(chat, body, "model", "model");
    body.set("max_tokens", most(chat));
    for (String name : new String[] {"temperature", "top_p", "top_k", "stream"}) {
      copy(chat, body, name, name);
    }
    if (chat.has("stop")) {
      JsonNode stop = chat.path("stop");
      body.set("stop_sequences", stop.isArray() ? stop : JSON.createArrayNode().add(stop));
    }
    ArrayNode turns = body.putArray("messages");
    Map<String, String> ids = new HashMap<>();
    for (JsonNode message : chat.path("messages")) {
      switch (message.path("role").asString()) {
        case "system" -> copy(message, body, "content", "system");
        case "user" -> blocks(message.path("content"), turn(turns, "user"));
        case "tool" -> {
          ObjectNode block = turn(turns, "user").addObject().put("type", "tool_result");
          block.put("tool_use_id", ids.get(message.path("tool_call_id").asString()));
          blocks(message.path("content"), block.putArray("content"));
        }
        default -> {
          ArrayNode blocks = turn(turns, "assistant");
          blocks(message.path("content"), blocks);
          for (JsonNode call : message.path("tool_calls")) {
            ids.put(call.path("id").asString(), id(call));
            ObjectNode block = blocks.addObject().put("type", "tool_use").put("id", id(call));
            JsonNode function = call.path("function");
            block.set("name", function.path("name"));
            block.set("input", Alike.exact(function.path("arguments").asString()));
          }
        }
      }
    }
    toolsOfMessages(chat, body);
    JsonNode schema = chat.path("response_format").path("json_schema").path("schema");
    if (schema.isObject()) {
      ObjectNode format = body.putObject("output_config").putObject("format");
      format.put("type", "json_schema").set("schema", schema);
    }
    return body;
  }

  private static ArrayNode turn(ArrayNode turns, String role) {
    JsonNode last = turns.path(turns.size() - 1);
    return last.path("role").asString("").equals(role)
        ? (ArrayNode) last.path("content")
        : turns.addObject().put("role", role).putArray("content");
  }

  private static void blocks(JsonNode content, ArrayNode blocks) {
    if (content.isString()) {
      blocks.addObject().put("type", "text").set("text", content);
    }
    for (JsonNode part : content) {
      switch (part.path("type").asString()) {
        case "text" -> blocks.add(part);
        case "image_url" ->
            blocks
                .addObject()
                .put("type", "image")
                .set("source", source(part.path("image_url").path("url").asString()));
        default ->
            blocks
                .addObject()
                .put("type", "document")
                .put("title", part.path("file").path("filename").asString())
                .set("source", source(part.path("file").path("file_data").asString()));
      }
    }
  }

  private static ObjectNode source(String url) {
    ObjectNode source = JSON.createObjectNode();
    if (!url.startsWith("data:")) {
      return source.put("type", "url").put("url", url);
    }
    int comma = url.indexOf(";base64,");
    source.put("type", "base64").put("media_type", url.substring("data:".length(), comma));
    return source.put("data", url.substring(comma + ";base64,".length()));
  }

  private static void toolsOfMessages(JsonNode chat, ObjectNode body) {
    if (!chat.has("tools")) {
      return;
    }
    ArrayNode tools = body.putArray("tools");
    for (JsonNode tool : chat.path("tools")) {
      JsonNode function = tool.path("function");
      ObjectNode its = tools.addObject();
      copy(function, its, "name", "name");
      copy(function, its, "description", "description");
      copy(function, its, "parameters", "input_schema");
      copy(function, its, "strict", "strict");
    }
    JsonNode choice = chat.path("tool_choice");
    ObjectNode its = JSON.createObjectNode();
    if (choice.isObject()) {
      its.put("type", "tool").set("name", choice.path("function").path("name"));
    } else {
      String word = choice.asString("auto");
      its.put("type", word.equals("required") ? "any" : word);
    }
    if (chat.has("parallel_tool_calls")) {
      its.put("disable_parallel_tool_use", true);
    }
    body.set("tool_choice", its);
  }

  /** As a request of the Responses API. */
  static ObjectNode responses(JsonNode chat) {
    ObjectNode body = JSON.createObjectNode();
    copy(chat, body, "model", "model");
    body.set("max_output_tokens", most(chat));
    for (String name :
        new String[] {
          "temperature",
          "top_p",
          "presence_penalty",
          "frequency_penalty",
          "stream",
          "top_logprobs",
          "service_tier",
          "user",
          "safety_identifier"
        }) {
      copy(chat, body, name, name);
    }
    if (chat.has("reasoning_effort")) {
      copy(chat, body.putObject("reasoning"), "reasoning_effort", "effort");
    }
    ArrayNode input = body.putArray("input");
    Map<String, String> ids = new HashMap<>();
    for (JsonNode message : chat.path("messages")) {
      String role = message.path("role").asString();
      JsonNode content = message.path("content");
      switch (role) {
        case "system" -> body.put("instructions", text(content, "\n"));
        case "user" -> input.addObject().put("role", role).set("content", parts(content));
        case "tool" -> {
          ObjectNode item = input.addObject().put("type", "function_call_output");
          item.put("call_id", ids.get(message.path("tool_call_id").asString()));
          item.set("output", parts(content));
        }
        default -> items(message, input, ids);
      }
    }
    toolsOfResponses(chat, body);
    JsonNode schema = chat.path("response_format").path("json_schema");
    if (schema.isObject()) {
      ObjectNode format = body.putObject("text").putObject("format").put("type", "json_schema");
      schema.properties().forEach(one -> format.set(one.getKey(), one.getValue()));
    }
    return body;
  }

  private static void items(JsonNode message, ArrayNode input, Map<String, String> ids) {
    JsonNode content = message.path("content");
    if (!content.isNull()) {
      ObjectNode item = input.addObject().put("type", "message").put("role", "assistant");
      ArrayNode parts = item.putArray("content");
      if (content.isString()) {
        parts.addObject().put("type", "output_text").set("text", content);
      }
      for (JsonNode part : content) {
        parts.addObject().put("type", "output_text").set("text", part.path("text"));
      }
    }
    for (JsonNode detail : message.path("reasoning_details")) {
      ObjectNode item = input.addObject().put("type", "reasoning");
      item.putArray("summary");
      String format = detail.path("format").asString();
      item.put("encrypted_content", "hidden." + format + ":" + detail.path("data").asString());
    }
    for (JsonNode call : message.path("tool_calls")) {
      ids.put(call.path("id").asString(), id(call));
      ObjectNode item = input.addObject().put("type", "function_call").put("call_id", id(call));
      copy(call.path("function"), item, "name", "name");
      copy(call.path("function"), item, "arguments", "arguments");
    }
  }

  private static String text(JsonNode content, String between) {
    return content.isArray()
        ? content
            .valueStream()
            .map(part -> part.path("text").asString())
            .collect(Collectors.joining(between))
        : content.asString();
  }

  private static JsonNode parts(JsonNode content) {
    if (!content.isArray()) {
      return content;
    }
    ArrayNode parts = JSON.createArrayNode();
    for (JsonNode part : content) {
      switch (part.path("type").asString()) {
        case "text" -> parts.addObject().put("type", "input_text").set("text", part.path("text"));
        case "image_url" ->
            parts
                .addObject()
                .put("type", "input_image")
                .set("image_url", part.path("image_url").path("url"));
        default -> {
          ObjectNode its = parts.addObject().put("type", "input_file");
          part.path("file").properties().forEach(one -> its.set(one.getKey(), one.getValue()));
        }
      }
    }
    return parts;
  }

  private static void toolsOfResponses(JsonNode chat, ObjectNode body) {
    if (!chat.has("tools")) {
      return;
    }
    ArrayNode tools = body.putArray("tools");
    for (JsonNode tool : chat.path("tools")) {
      ObjectNode its = tools.addObject().put("type", "function");
      tool.path("function").properties().forEach(one -> its.set(one.getKey(), one.getValue()));
    }
    JsonNode choice = chat.path("tool_choice");
    if (choice.isObject()) {
      ObjectNode its = body.putObject("tool_choice").put("type", "function");
      its.set("name", choice.path("function").path("name"));
    } else {
      copy(chat, body, "tool_choice", "tool_choice");
    }
    copy(chat, body, "parallel_tool_calls", "parallel_tool_calls");
  }

  /** A request of Google's API, as a chat. */
  static ObjectNode ofGemini(JsonNode body) {
    ObjectNode chat = JSON.createObjectNode();
    ArrayNode messages = chat.putArray("messages");
    JsonNode system = body.path("systemInstruction").path("parts");
    if (!system.isMissingNode()) {
      messages.addObject().put("role", "system").set("content", ofParts(system));
    }
    for (JsonNode content : body.path("contents")) {
      JsonNode parts = content.path("parts");
      if (parts.path(0).has("functionResponse")) {
        for (JsonNode part : parts) {
          JsonNode its = part.path("functionResponse");
          ObjectNode message = messages.addObject().put("role", "tool");
          message.set("tool_call_id", its.path("id"));
          message.set("content", its.path("response").path("output"));
        }
      } else if (content.path("role").asString().equals("user")) {
        messages.addObject().put("role", "user").set("content", ofParts(parts));
      } else {
        assistant(parts, messages.addObject().put("role", "assistant"));
      }
    }
    for (JsonNode its : body.path("tools").path(0).path("functionDeclarations")) {
      ObjectNode function =
          chat.withArray("tools").addObject().put("type", "function").putObject("function");
      copy(its, function, "name", "name");
      copy(its, function, "description", "description");
      copy(its, function, "parametersJsonSchema", "parameters");
    }
    calling(body.path("toolConfig").path("functionCallingConfig"), chat);
    config(body.path("generationConfig"), chat);
    return chat;
  }

  private static ArrayNode ofParts(JsonNode parts) {
    ArrayNode all = JSON.createArrayNode();
    for (JsonNode part : parts) {
      JsonNode inline = part.path("inlineData");
      String type = inline.path("mimeType").asString("");
      String url =
          inline.isObject()
              ? "data:" + type + ";base64," + inline.path("data").asString()
              : part.path("fileData").path("fileUri").asString("");
      if (part.has("text")) {
        all.addObject().put("type", "text").set("text", part.path("text"));
      } else if (type.equals("application/pdf")) {
        all.addObject().put("type", "file").putObject("file").put("file_data", url);
      } else {
        all.addObject().put("type", "image_url").putObject("image_url").put("url", url);
      }
    }
    return all;
  }

  private static void assistant(JsonNode parts, ObjectNode message) {
    StringBuilder text = new StringBuilder();
    for (JsonNode part : parts) {
      text.append(part.path("text").asString(""));
      JsonNode its = part.path("functionCall");
      if (!its.isObject() && part.has("thoughtSignature")) {
        ObjectNode detail = message.putArray("reasoning_details").addObject();
        detail.put("type", "reasoning.encrypted");
        copy(part, detail, "thoughtSignature", "data");
        detail.put("format", "google-gemini-v1");
      }
      if (its.isObject()) {
        ObjectNode call = message.withArray("tool_calls").addObject();
        copy(its, call, "id", "id");
        ObjectNode function = call.put("type", "function").putObject("function");
        copy(its, function, "name", "name");
        function.put("arguments", its.path("args").toString());
        if (part.has("thoughtSignature")) {
          copy(
              part,
              call.putObject("extra_content").putObject("google"),
              "thoughtSignature",
              "thought_signature");
        }
      }
    }
    message.put("content", text.toString());
  }

  private static void calling(JsonNode its, ObjectNode chat) {
    switch (its.path("mode").asString("")) {
      case "NONE" -> chat.put("tool_choice", "none");
      case "AUTO" -> chat.put("tool_choice", "auto");
      case "ANY" -> {
        JsonNode name = its.path("allowedFunctionNames").path(0);
        if (name.isMissingNode()) {
          chat.put("tool_choice", "required");
        } else {
          ObjectNode choice = chat.putObject("tool_choice").put("type", "function");
          choice.putObject("function").set("name", name);
        }
      }
      default -> {}
    }
  }

  private static void config(JsonNode config, ObjectNode chat) {
    Map<String, String> names = new HashMap<>();
    names.put("maxOutputTokens", "max_tokens");
    names.put("temperature", "temperature");
    names.put("topP", "top_p");
    names.put("topK", "top_k");
    names.put("presencePenalty", "presence_penalty");
    names.put("frequencyPenalty", "frequency_penalty");
    names.put("seed", "seed");
    names.put("stopSequences", "stop");
    names.put("responseLogprobs", "logprobs");
    names.put("logprobs", "top_logprobs");
    names.put("candidateCount", "n");
    names.forEach((its, name) -> copy(config, chat, its, name));
    copy(config.path("thinkingConfig"), chat, "thinkingLevel", "reasoning_effort");
    if (config.has("responseJsonSchema")) {
      ObjectNode format = chat.putObject("response_format").put("type", "json_schema");
      format.putObject("json_schema").set("schema", config.path("responseJsonSchema"));
    }
  }
}
