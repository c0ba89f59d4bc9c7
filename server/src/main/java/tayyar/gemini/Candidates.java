package tayyar.gemini;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.openai.FinishWords;
import tayyar.openai.JsonBody;
import tayyar.openai.Texts;
import tayyar.openai.Thoughts;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The candidates of an answer, given to a sink as texts, calls and an end. Signatures go on as
 * {@code reasoning_details}, those of calls as {@code extra_content}, which is how Google's own
 * endpoint for OpenAI's language tells them.
 */
final class Candidates {
  private static final String SIGNED = ContentReading.SIGNATURE;
  private static final byte[] NOTHING = {};
  private static final int CALLS_MAX = 128;

  /** What was seen of one of them. */
  private static final class Candidate {
    int calls;
    boolean ended;

    /** The characters of its text, and how many there were at the last call or signature. */
    long text;

    long before;
    final Set<String> sources = new HashSet<>(0);
  }

  private final Sink sink;
  private final Texts texts;
  private final Map<Integer, Candidate> all = new HashMap<>(2);

  /** The one of index 0, once it had a plain text. */
  private @Nullable Candidate first;

  private long written;
  private String oddEnd = "";

  Candidates(Sink sink) {
    this.sink = sink;
    this.texts = new Texts(sink);
  }

  /** Whether no text has a half of a character in it, so that each may be given as it stands. */
  boolean areWhole() {
    return texts.areWhole();
  }

  /** Whether there is any, and each has ended. */
  boolean complete() {
    return !all.isEmpty() && all.values().stream().allMatch(one -> one.ended);
  }

  /** Returns the bytes of text that were given. */
  long written() {
    return written;
  }

  /** See {@link tayyar.dialect.Reading#oddEnd}. */
  String oddEnd() {
    return oddEnd;
  }

  private static String word(JsonNode candidate) {
    String word = candidate.path("finishReason").asString("");
    return word.endsWith("UNSPECIFIED") || FinishWords.isNone(word) ? "" : word;
  }

  /** Returns the error of candidates that ended badly; null where none did. */
  @Nullable ApiError failure(JsonNode candidates) {
    for (JsonNode candidate : candidates) {
      ApiError failure = FinishWords.failure(word(candidate));
      if (failure != null) {
        return failure;
      }
      if (calls(candidate) > CALLS_MAX) {
        return new ApiError.UnreadableAnswer("it calls more tools than we take.");
      }
    }
    return null;
  }

  /** The calls in one chunk; all of an answer may be in it. */
  private static int calls(JsonNode candidate) {
    int calls = 0;
    for (JsonNode part : candidate.path("content").path("parts")) {
      calls += part.path("functionCall").isObject() ? 1 : 0;
    }
    return calls;
  }

  /**
   * Reads one.
   *
   * @param place its place in the list, where it has no index
   */
  void read(JsonNode candidate, int place) {
    int index = Math.clamp(candidate.path("index").asLong(place), 0, 127);
    Candidate its = all.computeIfAbsent(index, _ -> new Candidate());
    logprobs(index, candidate.path("logprobsResult"));
    for (JsonNode part : candidate.path("content").path("parts")) {
      part(index, its, part);
    }
    for (JsonNode source : candidate.path("citationMetadata").path("citations")) {
      source(index, its, source);
    }
    for (JsonNode chunk : candidate.path("groundingMetadata").path("groundingChunks")) {
      source(index, its, chunk.path("web"));
    }
    String word = word(candidate);
    if (!word.isEmpty()) {
      end(index, reason(word, its));
    }
  }

  /** A piece of the first one's text, as the inside of a JSON string. */
  void text(boolean thought, byte[] json, int from, int to) {
    Candidate its = first;
    if (its == null) {
      its = all.computeIfAbsent(0, _ -> new Candidate());
      first = its;
    }
    if (from < to) {
      written += to - from;
      its.text += thought ? 0 : characters(json, from, to);
      sink.delta(0, thought ? Kind.REASONING : Kind.CONTENT, json, from, to);
    }
  }

  /** How many characters stand inside a JSON string, of which no escape is of a surrogate. */
  private static int characters(byte[] json, int from, int to) {
    int count = 0;
    for (int at = from; at < to; at++) {
      at += json[at] != '\\' ? 0 : json[at + 1] == 'u' ? 5 : 1;
      count += (json[at] & 0xC0) == 0x80 ? 0 : 1;
    }
    return count;
  }

  private FinishReason reason(String word, Candidate its) {
    FinishReason known = FinishWords.reason(word);
    oddEnd = known == null ? word : "";
    FinishReason reason = known == null ? FinishReason.STOP : known;
    return reason == FinishReason.STOP && its.calls > 0 ? FinishReason.TOOL_CALLS : reason;
  }

  /** One ends. */
  void end(int index, FinishReason reason) {
    all.computeIfAbsent(index, _ -> new Candidate()).ended = true;
    texts.end(index);
    sink.finish(index, reason);
  }

  private void part(int index, Candidate its, JsonNode part) {
    if (part.path("functionCall").isObject()) {
      call(index, its, part);
      return;
    }
    boolean thought = part.path("thought").asBoolean(false);
    String text = part.path("text").asString("");
    if (!text.isEmpty()) {
      byte[] json = texts.give(index, thought ? Kind.REASONING : Kind.CONTENT, text);
      written += json.length;
      its.text += thought ? 0 : characters(json, 0, json.length);
    }
    JsonNode inline = part.path("inlineData");
    if (inline.path("mimeType").asString("").startsWith("image/") && !thought) {
      image(index, inline);
    }
    if (part.path(SIGNED).isString()) {
      ObjectNode detail = JsonBody.object().put("type", "reasoning.encrypted");
      detail.set("data", part.path(SIGNED));
      detail.put("id", Spoken.id(thought ? its.text : its.before, its.text, its.calls));
      its.before = its.text;
      member(index, "reasoning_details", detail.put("format", Thoughts.GEMINI));
    }
  }

  /** A call comes whole. */
  private void call(int index, Candidate its, JsonNode part) {
    JsonNode call = part.path("functionCall");
    its.before = its.text;
    JsonNode args = call.path("args");
    byte[] arguments = JsonText.escape(args.isObject() ? args.toString() : "{}");
    written += arguments.length;
    String given = call.path("id").asString("");
    String id = given.isEmpty() ? id() : given;
    sink.part(
        index,
        new ToolCall(
            its.calls++,
            false,
            JsonText.escape(id),
            JsonText.escape(call.path("name").asString("")),
            arguments,
            signature(part.path(SIGNED))));
  }

  private static String id() {
    return "call_" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
  }

  private static byte[] signature(JsonNode signature) {
    return signature.isString()
        ? (",\"extra_content\":{\"google\":{\"thought_signature\":" + signature + "}}")
            .getBytes(UTF_8)
        : NOTHING;
  }

  private void image(int index, JsonNode inline) {
    ObjectNode image = JsonBody.object().put("type", "image_url");
    String type = inline.path("mimeType").asString("");
    String data = inline.path("data").asString("");
    image.putObject("image_url").put("url", "data:" + type + ";base64," + data);
    member(index, "images", image);
  }

  /** Where a text comes from; it may be told in each chunk. */
  private void source(int index, Candidate its, JsonNode source) {
    String url = source.path("uri").asString("");
    if (!url.isEmpty() && its.sources.add(url)) {
      ObjectNode annotation = JsonBody.object().put("type", "url_citation");
      ObjectNode page = annotation.putObject("url_citation").put("url", url);
      page.put("title", source.path("title").asString(""));
      member(index, "annotations", annotation);
    }
  }

  private void member(int index, String name, ObjectNode entry) {
    ArrayNode list = JsonBody.array().add(entry);
    sink.part(index, new Part.Member(Place.MESSAGE, name, JsonBody.bytes(list)));
  }

  private void logprobs(int index, JsonNode result) {
    byte[] entries = Logprobs.entries(result);
    if (entries.length > 0) {
      sink.part(index, new Part.Logprobs(Kind.CONTENT, entries));
    }
  }
}
