package tayyar.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tayyar.testing.Cases;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A made-up answer, as servers of each dialect write it: in a stream whose pieces are cut anywhere,
 * and whole.
 *
 * @param calls each with id, name and the JSON of its arguments
 * @param reason the finish_reason of a chat
 */
record ToldAnswer(
    String thought, String text, List<List<String>> calls, String reason, Tokens tokens) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Those of the prompt, of which some were in a cache, and of the answer. */
  record Tokens(int prompt, int written, int cached) {}

  /** A server's language. */
  enum Server {
    CHATS,
    MESSAGES,
    GEMINI
  }

  static ToldAnswer of(RandomGenerator random) {
    List<List<String>> calls = new ArrayList<>();
    for (int left = random.nextInt(4) - 1; left > 0; left--) {
      calls.add(
          List.of(
              "call_" + left,
              Cases.one(random, "weather", "now"),
              Cases.one(
                  random,
                  "{}",
                  "{\"d\":1.10}",
                  "{\"n\":123456789012345678901,\"s\":\"نهر \\\" \\\\\"}")));
    }
    String thought = random.nextBoolean() ? text(random) : "";
    String text = random.nextBoolean() || calls.isEmpty() ? text(random) : "";
    String reason =
        calls.isEmpty() ? Cases.one(random, "stop", "length", "content_filter") : "tool_calls";
    int prompt = 1 + random.nextInt(1_000);
    var tokens = new Tokens(prompt, 1 + random.nextInt(1_000), random.nextInt(prompt));
    return new ToldAnswer(thought, text, calls, reason, tokens);
  }

  private static String text(RandomGenerator random) {
    var all = new StringBuilder();
    for (int left = 1 + random.nextInt(5); left > 0; left--) {
      all.append(
          Cases.one(
              random, "word ", "نهر ", "🙂👩‍👩‍👧", "\"\\\n\t\u0001", "\u2028", "é".repeat(300)));
    }
    return all.toString();
  }

  /** A text in pieces; characters stay whole. */
  private static List<String> pieces(RandomGenerator random, String text) {
    List<String> all = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int to = Math.min(text.length(), from + 1 + random.nextInt(40));
      to += to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
      all.add(text.substring(from, to));
      from = to;
    }
    return all;
  }

  private static ObjectNode tree(String json) {
    return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
  }

  /** The body of a stream. */
  String stream(Server by, RandomGenerator random) {
    List<String> events =
        switch (by) {
          case CHATS -> chunks(random);
          case MESSAGES -> messageEvents(random);
          case GEMINI -> contents(random);
        };
    String end = Cases.one(random, "\n", "\r\n");
    var all = new StringBuilder();
    for (String data : events) {
      if (by == Server.MESSAGES) {
        all.append("event: ").append(JSON.readTree(data).path("type").asString()).append(end);
      }
      all.append("data: ").append(data).append(end).append(end);
    }
    return all + (by == Server.CHATS ? "data: [DONE]" + end + end : "");
  }

  /** The whole answer. */
  String whole(Server by) {
    return switch (by) {
      case CHATS -> chat();
      case MESSAGES -> message();
      case GEMINI -> content();
    };
  }

  private ObjectNode usage() {
    ObjectNode usage = JSON.createObjectNode();
    usage.put("prompt_tokens", tokens.prompt).put("completion_tokens", tokens.written);
    usage.putObject("prompt_tokens_details").put("cached_tokens", tokens.cached);
    return usage;
  }

  private List<String> chunks(RandomGenerator random) {
    List<String> all = new ArrayList<>();
    for (String piece : pieces(random, thought)) {
      all.add(chunk(JSON.createObjectNode().put("reasoning_content", piece), null));
    }
    for (String piece : pieces(random, text)) {
      all.add(chunk(JSON.createObjectNode().put("content", piece), null));
    }
    for (int i = 0; i < calls.size(); i++) {
      ObjectNode first = tree("{'tool_calls':[{'index':" + i + ",'type':'function'}]}");
      ObjectNode call = (ObjectNode) first.path("tool_calls").path(0);
      call.put("id", calls.get(i).get(0));
      call.putObject("function").put("name", calls.get(i).get(1)).put("arguments", "");
      all.add(chunk(first, null));
      for (String piece : pieces(random, calls.get(i).get(2))) {
        ObjectNode next = tree("{'tool_calls':[{'index':" + i + "}]}");
        ((ObjectNode) next.path("tool_calls").path(0))
            .putObject("function")
            .put("arguments", piece);
        all.add(chunk(next, null));
      }
    }
    all.add(chunk(JSON.createObjectNode(), reason));
    all.add("{\"choices\":[],\"usage\":" + usage() + "}");
    return all;
  }

  private static String chunk(ObjectNode delta, @Nullable String reason) {
    ObjectNode chunk = JSON.createObjectNode().put("id", "c");
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.put("finish_reason", reason);
    return chunk.toString();
  }

  private String chat() {
    ObjectNode all = JSON.createObjectNode();
    ObjectNode choice = all.putArray("choices").addObject().put("index", 0);
    ObjectNode message = choice.put("finish_reason", reason).putObject("message");
    message.put("role", "assistant").put("content", text.isEmpty() ? null : text);
    if (!thought.isEmpty()) {
      message.put("reasoning_content", thought);
    }
    for (List<String> call : calls) {
      ObjectNode its = message.withArray("tool_calls").addObject().put("id", call.get(0));
      ObjectNode function = its.put("type", "function").putObject("function");
      function.put("name", call.get(1)).put("arguments", call.get(2));
    }
    all.set("usage", usage());
    return all.toString();
  }

  private String stopReason() {
    return switch (reason) {
      case "length" -> "max_tokens";
      case "content_filter" -> "refusal";
      case "tool_calls" -> "tool_use";
      default -> "end_turn";
    };
  }

  private ObjectNode tokensOfMessage() {
    return JSON.createObjectNode()
        .put("input_tokens", tokens.prompt - tokens.cached)
        .put("cache_read_input_tokens", tokens.cached)
        .put("output_tokens", tokens.written);
  }

  private List<String> messageEvents(RandomGenerator random) {
    List<String> all = new ArrayList<>();
    ObjectNode start = tree("{'type':'message_start','message':{'content':[]}}");
    ((ObjectNode) start.path("message")).set("usage", tokensOfMessage());
    all.add(start.toString());
    int index = 0;
    if (!thought.isEmpty()) {
      block(all, index++, "{'type':'thinking','thinking':''}", "thinking", pieces(random, thought));
    }
    if (!text.isEmpty()) {
      block(all, index++, "{'type':'text','text':''}", "text", pieces(random, text));
    }
    for (List<String> call : calls) {
      ObjectNode begun = tree("{'type':'tool_use','input':{}}");
      begun.put("id", call.get(0)).put("name", call.get(1));
      block(all, index++, begun.toString(), "input_json", pieces(random, call.get(2)));
    }
    ObjectNode end =
        tree("{'type':'message_delta','delta':{'stop_reason':'" + stopReason() + "'}}");
    end.set("usage", tokensOfMessage());
    all.add(end.toString());
    all.add("{\"type\":\"message_stop\"}");
    return all;
  }

  private static void block(
      List<String> all, int index, String begun, String kind, List<String> pieces) {
    ObjectNode start = tree("{'type':'content_block_start','index':" + index + "}");
    start.set("content_block", tree(begun));
    all.add(start.toString());
    for (String piece : pieces) {
      ObjectNode delta = tree("{'type':'content_block_delta','index':" + index + "}");
      delta
          .putObject("delta")
          .put("type", kind + "_delta")
          .put(kind.equals("input_json") ? "partial_json" : kind, piece);
      all.add(delta.toString());
    }
    all.add(tree("{'type':'content_block_stop','index':" + index + "}").toString());
  }

  private String message() {
    ObjectNode all = tree("{'type':'message','role':'assistant'}");
    ArrayNode content = all.putArray("content");
    if (!thought.isEmpty()) {
      content.addObject().put("type", "thinking").put("thinking", thought);
    }
    if (!text.isEmpty()) {
      content.addObject().put("type", "text").put("text", text);
    }
    for (List<String> call : calls) {
      ObjectNode block = content.addObject().put("type", "tool_use").put("id", call.get(0));
      block.put("name", call.get(1)).set("input", Alike.exact(call.get(2)));
    }
    all.put("stop_reason", stopReason()).set("usage", tokensOfMessage());
    return all.toString();
  }

  private String finishReason() {
    return switch (reason) {
      case "length" -> "MAX_TOKENS";
      case "content_filter" -> "SAFETY";
      default -> "STOP";
    };
  }

  private List<String> contents(RandomGenerator random) {
    List<String> all = new ArrayList<>();
    for (String piece : pieces(random, thought)) {
      all.add(generated(JSON.createArrayNode().add(thought(piece)), false));
    }
    for (String piece : pieces(random, text)) {
      all.add(generated(JSON.createArrayNode().add(text(piece)), false));
    }
    ArrayNode rest = JSON.createArrayNode();
    for (List<String> call : calls) {
      rest.add(called(call));
      if (random.nextBoolean()) {
        all.add(generated(rest, false));
        rest = JSON.createArrayNode();
      }
    }
    all.add(generated(rest, true));
    return all;
  }

  private static ObjectNode thought(String piece) {
    return text(piece).put("thought", true);
  }

  private static ObjectNode text(String piece) {
    return JSON.createObjectNode().put("text", piece);
  }

  private static ObjectNode called(List<String> call) {
    ObjectNode part = JSON.createObjectNode();
    ObjectNode its = part.putObject("functionCall").put("id", call.get(0)).put("name", call.get(1));
    its.set("args", Alike.exact(call.get(2)));
    return part;
  }

  private String generated(ArrayNode parts, boolean last) {
    ObjectNode chunk = JSON.createObjectNode();
    ObjectNode candidate = chunk.putArray("candidates").addObject().put("index", 0);
    candidate.putObject("content").put("role", "model").set("parts", parts);
    if (last) {
      candidate.put("finishReason", finishReason());
    }
    chunk
        .putObject("usageMetadata")
        .put("promptTokenCount", tokens.prompt)
        .put("cachedContentTokenCount", tokens.cached)
        .put("candidatesTokenCount", last ? tokens.written : 1)
        .put("totalTokenCount", tokens.prompt + (last ? tokens.written : 1));
    return chunk.toString();
  }

  private String content() {
    ArrayNode parts = JSON.createArrayNode();
    if (!thought.isEmpty()) {
      parts.add(thought(thought));
    }
    if (!text.isEmpty()) {
      parts.add(text(text));
    }
    calls.forEach(call -> parts.add(called(call)));
    return generated(parts, true);
  }

  /** The same as the tests' client of chats tells it. */
  JsonNode asChat() {
    ObjectNode all = JSON.createObjectNode();
    if (!text.isEmpty()) {
      all.put("content", text);
    }
    if (!thought.isEmpty()) {
      all.put("reasoning_content", thought);
    }
    for (List<String> call : calls) {
      ObjectNode its = all.withArray("tool_calls").addObject().put("id", call.get(0));
      ObjectNode function = its.put("type", "function").putObject("function");
      function.put("name", call.get(1)).put("arguments", call.get(2));
    }
    ObjectNode usage = all.put("finish_reason", reason).putObject("usage");
    usage.put("prompt_tokens", tokens.prompt).put("completion_tokens", tokens.written);
    usage.put("total_tokens", tokens.prompt + tokens.written);
    usage.putObject("prompt_tokens_details").put("cached_tokens", tokens.cached);
    return all;
  }
}
