package tayyar.messages;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.api.Part.Native.Step;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.openai.JsonBody;
import tayyar.openai.Texts;
import tayyar.openai.Thoughts;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The blocks of a target's message, given to a sink as texts, calls and an end. To clients of the
 * Messages API goes all the rest too, as it is; to others what they know: signatures as {@code
 * reasoning_details}, sources as {@code annotations}.
 */
final class MessageBlocks {
  private static final byte[] NOTHING = {};
  private static final Set<String> OF_A_CALL = Set.of("type", "id", "name", "input");

  /** What a block is. */
  private enum Its {
    TEXT,
    THINKING,
    CALL,
    OTHER
  }

  private static final class Block {
    final Its its;
    final int call;
    boolean input;

    Block(Its its, int call) {
      this.its = its;
      this.call = call;
    }
  }

  private final Sink sink;
  private final boolean same;
  private final Texts texts;
  private final Map<Integer, Block> open = new HashMap<>(4);
  private int calls;
  private long written;
  private boolean ended;
  private String oddEnd = "";

  // As last told; the end of a stream may tell only the tokens that it wrote.
  private final ObjectNode told = JsonBody.object();
  private int input;
  private int cached;
  private int writes;
  private int output;

  /**
   * A message of which nothing is told.
   *
   * @param same whether the client speaks the Messages API
   */
  MessageBlocks(Sink sink, boolean same) {
    this.sink = sink;
    this.same = same;
    this.texts = new Texts(sink);
  }

  /** Whether it is told why the message ended. */
  boolean ended() {
    return ended;
  }

  /** See {@link tayyar.dialect.Reading#oddEnd}. */
  String oddEnd() {
    return oddEnd;
  }

  /** Whether a piece of text may go on with this block. */
  boolean isText(int index) {
    Block block = open.get(index);
    return block != null && block.its == Its.TEXT && texts.areWhole();
  }

  /** A block begins. */
  void start(int index, JsonNode block) {
    String type = block.path("type").asString("");
    switch (type) {
      case "text" -> {
        open.put(index, new Block(Its.TEXT, -1));
        text(Kind.CONTENT, block.path("text"));
        block.path("citations").forEach(this::citation);
      }
      case "thinking" -> {
        open.put(index, new Block(Its.THINKING, -1));
        text(Kind.REASONING, block.path("thinking"));
        signature(block.path("signature"));
      }
      case "tool_use" -> {
        if (same && more(block).length > 0) {
          other(index, type, block);
        } else {
          call(index, block);
        }
      }
      default -> other(index, type, block);
    }
  }

  private void text(Kind kind, JsonNode text) {
    written += texts.give(0, kind, text.asString("")).length;
  }

  private void call(int index, JsonNode block) {
    var its = new Block(Its.CALL, calls++);
    open.put(index, its);
    byte[] id = JsonText.escape(block.path("id").asString(""));
    byte[] name = JsonText.escape(block.path("name").asString(""));
    sink.part(0, new ToolCall(its.call, false, id, name, NOTHING, more(block)));
    if (!block.path("input").isEmpty()) {
      arguments(its, block.path("input").toString());
    }
  }

  /** Members that a call has besides, such as who made it. */
  private static byte[] more(JsonNode block) {
    ObjectNode rest = JsonBody.object();
    block
        .properties()
        .forEach(
            member -> {
              if (!OF_A_CALL.contains(member.getKey())) {
                rest.set(member.getKey(), member.getValue());
              }
            });
    if (rest.isEmpty()) {
      return NOTHING;
    }
    byte[] json = JsonBody.bytes(rest);
    json[0] = ',';
    return Arrays.copyOf(json, json.length - 1);
  }

  private void arguments(Block block, String json) {
    if (!json.isEmpty()) {
      block.input = true;
      written += json.length();
      byte[] whole = texts.next(block, json);
      if (whole.length > 0) {
        sink.part(0, new ToolCall(block.call, NOTHING, NOTHING, whole));
      }
    }
  }

  private void other(int index, String type, JsonNode block) {
    open.put(index, new Block(Its.OTHER, -1));
    if (same) {
      told(Step.BLOCK, block);
    } else if (type.equals("redacted_thinking")) {
      ObjectNode detail = JsonBody.object().put("type", "reasoning.encrypted");
      detail.set("data", block.path("data"));
      member("reasoning_details", detail);
    }
  }

  /** A block goes on. */
  void delta(int index, JsonNode delta) {
    Block block = open.get(index);
    if (block == null) {
      return;
    }
    switch (delta.path("type").asString("")) {
      case "text_delta" -> text(Kind.CONTENT, delta.path("text"));
      case "thinking_delta" -> text(Kind.REASONING, delta.path("thinking"));
      case "signature_delta" -> signature(delta.path("signature"));
      case "citations_delta" -> citation(delta.path("citation"));
      default -> more(block, delta);
    }
  }

  private void more(Block block, JsonNode delta) {
    if (block.its == Its.CALL) {
      arguments(block, delta.path("partial_json").asString(""));
    } else if (same) {
      told(Step.DELTA, delta);
    }
  }

  private void signature(JsonNode signature) {
    if (signature.asString("").isEmpty()) {
      return;
    }
    ObjectNode its = JsonBody.object();
    if (same) {
      its.put("type", "signature_delta").set("signature", signature);
      told(Step.DELTA, its);
    } else {
      its.put("type", "reasoning.text").set("signature", signature);
      member("reasoning_details", its.put("format", Thoughts.CLAUDE));
    }
  }

  /** Where a text comes from: a page of the web has an address. */
  private void citation(JsonNode citation) {
    if (same) {
      ObjectNode its = JsonBody.object().put("type", "citations_delta");
      its.set("citation", citation);
      told(Step.DELTA, its);
    } else if (citation.path("url").isString()) {
      ObjectNode annotation = JsonBody.object().put("type", "url_citation");
      ObjectNode page = annotation.putObject("url_citation");
      page.set("url", citation.path("url"));
      page.put("title", citation.path("title").asString(""));
      page.put("content", citation.path("cited_text").asString(""));
      member("annotations", annotation);
    }
  }

  private void member(String name, ObjectNode entry) {
    ArrayNode list = JsonBody.array().add(entry);
    sink.part(0, new Part.Member(Place.MESSAGE, name, JsonBody.bytes(list)));
  }

  private void told(Step step, JsonNode json) {
    if (json.isObject()) {
      sink.part(0, new Part.Native(step, JsonBody.bytes(json)));
    }
  }

  /** A block is complete. A call without input has an empty one. */
  void stop(int index) {
    Block block = open.remove(index);
    if (block == null) {
      return;
    }
    texts.end(0);
    if (block.its == Its.CALL && !block.input) {
      arguments(block, "{}");
    }
    if (same) {
      sink.part(0, new Part.Native(Step.STOP, NOTHING));
    }
  }

  /**
   * The message ends.
   *
   * @param delta has the reason, and what else there is to say of the whole
   */
  void end(ObjectNode delta) {
    String word = delta.path("stop_reason").asString("");
    if (word.isEmpty()) {
      return;
    }
    if (same) {
      if (!delta.has("stop_sequence")) {
        delta.putNull("stop_sequence"); // Not all servers write it; the clients' types have it.
      }
      told(Step.USAGE, told);
      told(Step.END, delta);
    } else if (delta.path("stop_sequence").isString()) {
      byte[] met = JsonBody.bytes(delta.path("stop_sequence"));
      sink.part(0, new Part.Member(Place.CHOICE, "stop_reason", met));
    }
    ended = true;
    sink.finish(0, reason(word));
  }

  private FinishReason reason(String word) {
    @Nullable FinishReason known =
        switch (word) {
          case "end_turn", "stop_sequence", "pause_turn" -> FinishReason.STOP;
          case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
          case "tool_use" -> FinishReason.TOOL_CALLS;
          case "refusal" -> FinishReason.CONTENT_FILTER;
          default -> null;
        };
    oddEnd = known == null ? word : "";
    return known == null ? FinishReason.STOP : known;
  }

  /** The prompt is read; what is written is not counted yet, whatever is told of it. */
  void begin(JsonNode usage) {
    if (usage.isObject()) {
      count(usage);
      sink.usage(new Usage(input, 0, cached, writes, false, Map.of()));
    }
  }

  /**
   * Tokens are told. Here the input's are those that were in no cache; everywhere else in this
   * gateway those in a cache are part of them.
   */
  void usage(JsonNode usage) {
    if (usage.isObject()) {
      count(usage);
      sink.usage(new Usage(input, output, cached, writes, false, Map.of()));
    }
  }

  /**
   * In a document no token is seen: where none are told, four bytes are taken for one.
   *
   * @param promptTokens an estimate, where the prompt's are not told either
   */
  void estimate(int promptTokens) {
    if (output == 0 && written > 0) {
      int much = (int) ((written + 3) / 4);
      int read = input == 0 ? promptTokens : input;
      sink.usage(new Usage(read, much, cached, writes, true, Map.of()));
    }
  }

  /** What is not told again stays as it was. */
  private void count(JsonNode usage) {
    usage
        .properties()
        .forEach(
            member -> {
              if (!member.getValue().isNull() || !told.has(member.getKey())) {
                told.set(member.getKey(), member.getValue());
              }
            });
    if (usage.path("input_tokens").isNumber()) {
      int read = count(told, "cache_read_input_tokens");
      int kept = count(told, "cache_creation_input_tokens");
      int all = count(told, "input_tokens") + read + kept;
      cached = all == 0 ? cached : read;
      writes = all == 0 ? writes : kept;
      input = all == 0 ? input : all;
    }
    output = usage.path("output_tokens").isNumber() ? count(usage, "output_tokens") : output;
  }

  private static int count(JsonNode usage, String name) {
    return Math.clamp(usage.path(name).asLong(0), 0, 100_000_000);
  }
}
