package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request and the answer that the script makes of it.
 *
 * @param script the simulator's own words, then those of the request
 * @param operation the interface that was called
 * @param body the request
 * @param speech the tokens
 * @param id the answer's id
 * @param model the model's name, as in the request
 * @param counted whether only the prompt's tokens are asked for
 * @param streamed whether the answer is a stream
 * @param usageWanted whether the stream has a chunk of usage
 * @param promptTokens the words of the messages, counted
 * @param from the first token that is said; more than 0 where the request gives the beginning
 * @param tokens the token before which it ends
 * @param calls the calls of tools that follow the text
 * @param finish the finish_reason
 * @param chunked whether the body is in chunks
 * @param keepAlive whether the connection may be used again
 */
record ScriptedResponse(
    Script script,
    Operation operation,
    JsonNode body,
    Speech speech,
    String id,
    String model,
    boolean counted,
    boolean streamed,
    boolean usageWanted,
    int promptTokens,
    int from,
    int tokens,
    Calls calls,
    String finish,
    boolean chunked,
    boolean keepAlive) {
  /** The interface that a path stands for. */
  enum Operation {
    CHAT,
    COMPLETIONS,
    EMBEDDINGS,
    MESSAGES,
    GENERATE,
    RESPONSES
  }

  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Pattern SCRIPT = Pattern.compile("\\[\\[([^\\]]*)\\]\\]");

  /**
   * Reads a request.
   *
   * @param number counts the simulator's answers
   * @throws IllegalArgumentException where its script is none
   */
  static ScriptedResponse to(HttpRequest head, JsonNode given, Script defaults, long number) {
    JsonNode body =
        operation(head.uri()) == Operation.GENERATE
            ? GenerateRequest.chat(head.uri(), given)
            : given;
    boolean goesOn = body.path("continue_final_message").asBoolean(false);
    Operation operation = operation(head.uri());
    String said = said(operation, body, goesOn ? 2 : 1);
    Script script = script(defaults, said).with(body.path("simulate").asString(""));
    String text = SCRIPT.matcher(said).replaceAll("").strip();
    Speech speech = Speech.of(script, text, body.path("response_format"));
    Calls calls = Calls.of(script, body, speech.tokens());
    int all = calls.any() ? calls.end() : speech.tokens();
    boolean counted = counts(head.uri());
    boolean streamed = !counted && body.path("stream").asBoolean(false) && !script.has(Word.PLAIN);
    int most = most(body);
    int from = goesOn ? tokensOf(speech, lastText(body.path("messages"), 1)) : 0;
    boolean cut = most > 0 && most < all - from;
    boolean chunked = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
    return new ScriptedResponse(
        script,
        operation,
        body,
        speech,
        id(operation) + number,
        body.path("model").asString(""),
        counted,
        streamed,
        (operation == Operation.MESSAGES
                || operation == Operation.GENERATE
                || operation == Operation.RESPONSES
                || body.path("stream_options").path("include_usage").asBoolean(false))
            && !script.has(Word.NOUSAGE),
        promptTokens(operation, body),
        from,
        script.has(Word.EMPTY) ? from : cut ? from + most : all,
        calls,
        script.name(Word.FINISH, cut ? "length" : calls.any() ? "tool_calls" : "stop"),
        chunked,
        chunked && HttpUtil.isKeepAlive(head));
  }

  /** The event of {@link Word#ERROREVENT}. */
  String errorEvent() {
    String code = script.name(Word.CODE, "500");
    String value = code.matches("[1-9][0-9]{0,8}") ? code : JSON.writeValueAsString(code);
    return "{\"error\":{\"message\":\"The simulator was told to fail.\",\"type\":\"server_error\","
        + "\"param\":null,\"code\":"
        + value
        + "}}";
  }

  /** The members of a choice that calls a tool. */
  String calling(int token) {
    return "\"delta\":" + calls.delta(token);
  }

  /** The members of a choice with this text. */
  String saying(byte[] text) {
    String json = "\"" + new String(text, UTF_8) + "\"";
    return chat() ? "\"delta\":{\"content\":" + json + "}" : "\"text\":" + json;
  }

  /** The members of a choice without text. */
  String silence() {
    return chat() ? "\"delta\":" + members().silence() : "\"text\":\"\",\"logprobs\":null";
  }

  /** The members beside the text. */
  ResponseMembers members() {
    return ResponseMembers.of(script, chat());
  }

  /** Whether it is a chat. */
  boolean chat() {
    return operation == Operation.CHAT;
  }

  /** The answer that is no stream. */
  String whole() {
    if (counted) {
      return count();
    }
    return switch (operation) {
      case EMBEDDINGS -> vectors();
      case MESSAGES -> new MessageBytes(this).whole();
      case GENERATE -> new GenerateBytes(this).whole();
      case RESPONSES -> new ItemBytes(this).whole();
      case CHAT, COMPLETIONS -> completion();
    };
  }

  private String completion() {
    StringBuilder content = new StringBuilder();
    StringBuilder reasoning = new StringBuilder();
    for (int i = from; i < Math.min(tokens, calls.from()); i++) {
      StringBuilder to = i < script.number(Word.REASONING) ? reasoning : content;
      to.append(new String(speech.token(i), UTF_8));
    }
    String thought = reasoning.isEmpty() ? "" : ",\"reasoning_content\":\"" + reasoning + "\"";
    ResponseMembers members = members();
    String usage = ",\"usage\":" + members.usage(promptTokens, tokens - from);
    String object = chat() ? "chat.completion" : "text_completion";
    String said = content.isEmpty() && calls.any() ? "null" : "\"" + content + "\"";
    String called = calls.any() ? ",\"tool_calls\":" + calls.whole(tokens) : "";
    String message =
        "\"message\":{\"role\":\"assistant\",\"content\":"
            + said
            + thought
            + called
            + members.inMessage()
            + "}";
    return "{\"id\":\"%s\",\"object\":\"%s\",\"created\":1767225600,\"model\":\"%s\","
            .formatted(id, object, new String(JsonString.escape(model), UTF_8))
        + "\"choices\":[{\"index\":0,"
        + (chat() ? message : "\"text\":\"" + content + "\"")
        + ",\"logprobs\":null,\"finish_reason\":\""
        + finish
        + "\""
        + members.behindFinish()
        + "}]"
        + members.beforeUsage()
        + (script.has(Word.NOUSAGE) ? "" : usage)
        + members.behindUsage()
        + "}";
  }

  private String vectors() {
    String usage = "{\"prompt_tokens\":" + promptTokens + ",\"total_tokens\":" + promptTokens + "}";
    return "{\"object\":\"list\",\"data\":"
        + Vectors.json(body, script)
        + ",\"model\":"
        + JSON.writeValueAsString(model)
        + (script.has(Word.NOUSAGE) ? "}" : ",\"usage\":" + usage + "}");
  }

  /** Whether only the prompt's tokens are asked for. */
  private static boolean counts(String uri) {
    return uri.matches("[^?]*/(messages/count_tokens|responses/input_tokens)(\\?.*)?");
  }

  /** The answer to such a question. */
  private String count() {
    String object = operation == Operation.RESPONSES ? "\"object\":\"response.input_tokens\"," : "";
    return "{" + object + "\"input_tokens\":" + promptTokens + "}";
  }

  static Operation operation(String uri) {
    if (GenerateRequest.isOf(uri)) {
      return Operation.GENERATE;
    }
    String path = uri.replaceAll("(/count_tokens|/input_tokens)?(\\?.*)?$", "");
    return path.endsWith("/embeddings")
        ? Operation.EMBEDDINGS
        : path.endsWith("/messages")
            ? Operation.MESSAGES
            : path.endsWith("/responses")
                ? Operation.RESPONSES
                : path.endsWith("/completions") && !path.endsWith("/chat/completions")
                    ? Operation.COMPLETIONS
                    : Operation.CHAT;
  }

  /** The text to answer: the request's last one. */
  private static String said(Operation operation, JsonNode body, int fromEnd) {
    if (operation == Operation.RESPONSES && body.path("input").isArray()) {
      return lastText(body.path("input"), fromEnd);
    }
    if (body.path("messages").isArray()) {
      return lastText(body.path("messages"), fromEnd);
    }
    JsonNode given = body.path(operation == Operation.COMPLETIONS ? "prompt" : "input");
    return given.isArray() ? given.path(given.size() - 1).asString("") : given.asString("");
  }

  private static String id(Operation operation) {
    return switch (operation) {
      case COMPLETIONS -> "cmpl-sim";
      case MESSAGES -> "msg_sim";
      case GENERATE -> "generated-sim";
      case RESPONSES -> "resp_sim";
      case CHAT, EMBEDDINGS -> "chatcmpl-sim";
    };
  }

  private static Script script(Script defaults, String said) {
    Script script = defaults;
    Matcher words = SCRIPT.matcher(said);
    while (words.find()) {
      script = script.with(words.group(1));
    }
    return script;
  }

  /** The number of tokens of the speech that a text begins with. */
  private static int tokensOf(Speech speech, String begun) {
    StringBuilder text = new StringBuilder();
    int tokens = 0;
    while (text.length() < begun.length() && tokens < speech.tokens()) {
      String token = "\"" + new String(speech.token(tokens++), UTF_8) + "\"";
      text.append(JSON.readValue(token, String.class));
    }
    if (!text.toString().equals(begun)) {
      throw new IllegalArgumentException("The simulator would not have begun like that.");
    }
    return tokens;
  }

  private static String lastText(JsonNode messages, int fromEnd) {
    int at = messages.size() - fromEnd;
    if (at < 0) {
      return "";
    }
    JsonNode last = messages.get(at);
    return text(last.has("output") ? last.path("output") : last.path("content"));
  }

  private static int most(JsonNode body) {
    for (String name : new String[] {"max_completion_tokens", "max_tokens"}) {
      if (body.path(name).isIntegralNumber()) {
        return body.path(name).asInt();
      }
    }
    return body.path("max_output_tokens").asInt(-1);
  }

  private static String text(JsonNode content) {
    if (!content.isArray()) {
      return content.asString("");
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      text.append(part.path("text").asString("")).append(text(part.path("content")));
    }
    return text.toString();
  }

  private static int promptTokens(Operation operation, JsonNode body) {
    if (operation == Operation.COMPLETIONS || operation == Operation.EMBEDDINGS) {
      return Vectors.tokens(body.path(operation == Operation.COMPLETIONS ? "prompt" : "input"));
    }
    if (operation == Operation.RESPONSES && body.path("input").isString()) {
      return Vectors.tokens(body.path("input"));
    }
    int words = body.has("system") ? text(body.path("system")).split("\\s+", -1).length : 0;
    JsonNode messages = body.path(operation == Operation.RESPONSES ? "input" : "messages");
    for (JsonNode message : messages) {
      words += text(message.path("content")).split("\\s+", -1).length;
    }
    return words;
  }
}
