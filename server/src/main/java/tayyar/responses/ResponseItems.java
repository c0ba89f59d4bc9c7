package tayyar.responses;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.api.Part.Native.Step;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.openai.JsonBody;
import tayyar.openai.Texts;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The items of a target's response, given to a sink as texts and calls. To clients of the Responses
 * API goes all the rest too, as it is: each event that is no piece of a text or a call, and before
 * such pieces the place that they have. Others get what they know: sealed thinking as {@code
 * reasoning_details}, sources as {@code annotations}.
 */
final class ResponseItems {
  private static final byte[] NOTHING = {};

  /** An item that has begun. */
  private static final class Its {
    final int call;
    boolean told;

    Its(int call) {
      this.call = call;
    }
  }

  private final Sink sink;
  private final boolean same;
  private final Texts texts;
  private final Map<Integer, Its> open = new HashMap<>(4);
  private ObjectNode place = JsonBody.object();
  private int calls;
  private long written;
  private boolean begun;
  private boolean inPieces;

  /**
   * Of a response of which nothing is told.
   *
   * @param same whether the client speaks the Responses API
   */
  ResponseItems(Sink sink, boolean same) {
    this.sink = sink;
    this.same = same;
    this.texts = new Texts(sink);
  }

  /** Whether a tool is called. */
  boolean called() {
    return calls > 0;
  }

  /** Whether nothing of any item was told. */
  boolean isEmpty() {
    return !begun;
  }

  /** Whether pieces were told, each of which is counted for a token. */
  boolean inPieces() {
    return inPieces;
  }

  /** The bytes of text so far. */
  long written() {
    return written;
  }

  /** An item begins. */
  void added(JsonNode event) {
    tell(Step.BLOCK, event);
    begin(event.path("output_index").asInt(0), event.path("item"));
  }

  private Its begin(int index, JsonNode item) {
    begun = true;
    String type = item.path("type").asString("");
    boolean custom = type.equals("custom_tool_call");
    var its = new Its(custom || type.equals("function_call") ? calls++ : -1);
    open.put(index, its);
    if (its.call >= 0) {
      place(pieces(custom, item.path("id"), index));
      byte[] id = JsonText.escape(item.path("call_id").asString(""));
      byte[] name = JsonText.escape(item.path("name").asString(""));
      sink.part(0, new ToolCall(its.call, custom, id, name, NOTHING, NOTHING));
    }
    return its;
  }

  /** Known before its first piece: where pieces wait they are merged behind it. */
  private static ObjectNode pieces(boolean custom, JsonNode id, int index) {
    String call = custom ? "custom_tool_call_input" : "function_call_arguments";
    ObjectNode its = JsonBody.object().put("type", "response." + call + ".delta");
    its.set("item_id", id);
    return its.put("output_index", index);
  }

  /** An event within an item, or one that only the client knows. */
  void more(String type, JsonNode event) {
    switch (type) {
      case "response.output_text.delta" -> text(Kind.CONTENT, event);
      case "response.refusal.delta" -> text(Kind.REFUSAL, event);
      case "response.reasoning_text.delta",
          "response.reasoning.delta",
          "response.reasoning_summary_text.delta" ->
          text(Kind.REASONING, event);
      case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta" ->
          arguments(event);
      default -> {
        texts.end(0);
        tell(type.endsWith(".delta") ? Step.DELTA : Step.BLOCK, event);
      }
    }
  }

  private void tell(Step step, JsonNode json) {
    if (same && json.isObject()) {
      sink.part(0, new Part.Native(step, JsonBody.bytes(json)));
    }
  }

  private void text(Kind kind, JsonNode event) {
    inPieces = true;
    place(event);
    Its its = open.get(event.path("output_index").asInt(0));
    if (its != null) {
      its.told = true;
    }
    logprobs(event.path("logprobs"), kind);
    text(kind, event.path("delta").asString(""));
  }

  private void logprobs(JsonNode entries, Kind kind) {
    if (!entries.isEmpty() && kind == Kind.CONTENT) {
      byte[] json = JsonBody.bytes(entries);
      byte[] inside = new byte[json.length - 2];
      System.arraycopy(json, 1, inside, 0, inside.length);
      sink.part(0, new Part.Logprobs(kind, inside));
    }
  }

  private void text(Kind kind, String text) {
    written += texts.give(0, kind, text).length;
  }

  /** Tells where the next pieces belong, where that is another place than before. */
  private void place(JsonNode event) {
    if (!same) {
      return;
    }
    ObjectNode its = ((ObjectNode) event).deepCopy();
    its.remove(List.of("delta", "logprobs", "sequence_number", "obfuscation"));
    if (!its.equals(place)) {
      place = its;
      ObjectNode marked = JsonBody.object();
      marked.set(Passage.PLACE, its);
      tell(Step.BLOCK, marked);
    }
  }

  private void arguments(JsonNode event) {
    Its its = open.get(event.path("output_index").asInt(0));
    if (its != null && its.call >= 0) {
      inPieces = true;
      place(event);
      its.told = true;
      arguments(its, event.path("delta").asString(""));
    }
  }

  private void arguments(Its its, String text) {
    if (!text.isEmpty()) {
      written += text.length();
      byte[] whole = texts.next(its, text);
      if (whole.length > 0) {
        sink.part(0, new ToolCall(its.call, NOTHING, NOTHING, whole));
      }
    }
  }

  /** An item is complete. */
  void done(JsonNode event) {
    texts.end(0);
    int index = event.path("output_index").asInt(0);
    Its its = open.remove(index);
    JsonNode item = event.path("item");
    if (!same) {
      if (its == null) {
        its = begin(index, item);
        open.remove(index);
      }
      if (!its.told) {
        content(its, item);
      }
      besides(item);
    }
    tell(Step.BLOCK, event);
  }

  /** An item of a document. */
  void whole(JsonNode item) {
    content(begin(0, item), item);
    besides(item);
  }

  private void content(Its its, JsonNode item) {
    if (its.call >= 0) {
      arguments(its, item.path("arguments").asString("") + item.path("input").asString(""));
    } else if (item.path("type").asString("").equals("reasoning")) {
      String shown = item.path("content").isEmpty() ? "summary" : "content";
      item.path(shown).forEach(part -> text(Kind.REASONING, part.path("text").asString("")));
    } else if (item.path("type").asString("").equals("message")) {
      for (JsonNode part : item.path("content")) {
        logprobs(part.path("logprobs"), Kind.CONTENT);
        text(Kind.CONTENT, part.path("text").asString(""));
        text(Kind.REFUSAL, part.path("refusal").asString(""));
      }
    }
  }

  /** What a chat can tell of an item besides its text. */
  private void besides(JsonNode item) {
    if (same) {
      return;
    }
    if (!item.path("encrypted_content").asString("").isEmpty()) {
      sink.part(0, Thought.sealed(item));
    }
    for (JsonNode part : item.path("content")) {
      for (JsonNode annotation : part.path("annotations")) {
        if (annotation.path("type").asString("").equals("url_citation")) {
          source(annotation);
        }
      }
    }
  }

  private void source(JsonNode annotation) {
    ObjectNode told = JsonBody.object().put("type", "url_citation");
    ObjectNode page = ((ObjectNode) annotation).deepCopy();
    page.remove("type");
    told.set("url_citation", page);
    byte[] list = JsonBody.bytes(JsonBody.array().add(told));
    sink.part(0, new Part.Member(Place.MESSAGE, "annotations", list));
  }
}
