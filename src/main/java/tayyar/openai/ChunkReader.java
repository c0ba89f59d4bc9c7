package tayyar.openai;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Choices;
import tayyar.api.FinishReason;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the chunks of one upstream's stream and gives their content on. What is not understood is
 * read over. Not safe for use by more than one thread.
 */
final class ChunkReader {
  private static final byte[] EMPTY = {};
  private static final int CHOICES_MAX = 1024;

  private final Sink sink;
  private final boolean chat;
  private final Choices begun = new Choices();
  private final UsageReader usage = new UsageReader();
  private @Nullable ToolCalls toolCalls;

  // One choice under way: its index may stand behind its delta.
  private int index;
  private byte[] content = EMPTY;
  private byte[] reasoning = EMPTY;
  private byte[] refusal = EMPTY;
  private byte[] logprobs = EMPTY;
  private @Nullable CallPieces calls;
  private @Nullable FinishReason finish;

  /** Why the stream can't go on behind the chunk under way. */
  private @Nullable ApiError wrong;

  /** A finish_reason that nobody knows, or empty. */
  private String oddEnd = "";

  // Of the chunk under way: what it gave, and where its text stands.
  private final UsualChunk usual = new UsualChunk();
  private final PlainChunk plain;
  private int choices;
  private int things;
  private int contentAt;

  /** The chunk under way has choices or a usage: it is one, and no error's document. */
  private boolean answers;

  /** It has a member of that name, which may tell of an error. */
  private boolean troubled;

  /**
   * Reads nothing yet.
   *
   * @param chat false for the chunks of a completion
   */
  ChunkReader(Sink sink, boolean chat) {
    this.sink = sink;
    this.chat = chat;
    this.plain = new PlainChunk(chat);
  }

  /** A finish_reason that came, that nobody knows and that was given as a stop, or empty. */
  String oddEnd() {
    return oddEnd;
  }

  /** Whether every choice that was begun has its finish_reason. */
  boolean complete() {
    return begun.complete();
  }

  /**
   * Reads one event's data.
   *
   * @return null, or why the stream can't go on
   */
  @Nullable ApiError read(byte[] bytes, int from, int to) {
    if (usual.is(bytes, from, to)) {
      int textFrom = usual.textFrom(from);
      int textTo = usual.textTo(to);
      if (textFrom < textTo) {
        begun.begin(usual.choice());
        sink.delta(usual.choice(), Kind.CONTENT, bytes, textFrom, textTo);
      }
      return null;
    }
    if (plain.read(bytes, from, to)) {
      give(bytes, from, to);
      return null;
    }
    contentAt = -1;
    choices = 0;
    things = 0;
    ApiError error = readWhole(bytes, from, to);
    if (error == null && choices == 1 && things == 1 && contentAt >= 0) {
      learn(bytes, from, to);
    }
    return error;
  }

  /** Gives what the plain chunk says; one that has a text alone is a model for others. */
  private void give(byte[] bytes, int from, int to) {
    int textFrom = plain.textFrom();
    int textTo = plain.textTo();
    index = plain.choice();
    if (plain.hasChoice() && index <= CHOICES_MAX) {
      if (textFrom < textTo) {
        begun.begin(index);
        sink.delta(index, Kind.CONTENT, bytes, textFrom, textTo);
      }
      finish(plain.finish());
      if (textFrom < textTo && plain.finish() == null && !plain.hasUsage()) {
        usual.offer(bytes, from, to, textFrom, textTo, index);
      }
    }
    if (plain.hasUsage()) {
      give(plain.usage(usage));
    }
  }

  /** One that gave a text that stands in it as it is, and nothing else, is a model for others. */
  private void learn(byte[] bytes, int from, int to) {
    int textFrom = from + contentAt + 1;
    int textTo = textFrom + content.length;
    if (textFrom < textTo
        && textTo < to
        && bytes[textFrom - 1] == '"'
        && bytes[textTo] == '"'
        && Arrays.equals(bytes, textFrom, textTo, content, 0, content.length)
        && UsualChunk.isPlain(bytes, textFrom, textTo)) {
      usual.offer(bytes, from, to, textFrom, textTo, index);
    }
  }

  /** Reads one event's data with a parser, whatever form it is of. */
  @Nullable ApiError readWhole(byte[] bytes, int from, int to) {
    if (SignsOfLife.is(bytes, from, to)) {
      return null;
    }
    answers = false;
    troubled = false;
    try (JsonParser p = LooseJson.parser(bytes, from, to)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        ApiError error = ErrorBody.findEvent(bytes, from, to);
        return error == null ? failed("it sent an event that is not a JSON object.") : error;
      }
      members(p);
    } catch (StreamConstraintsException e) {
      return new ApiError.UnreadableAnswer(
          "an event of it is nested too deep, or a part too long.");
    } catch (JacksonException e) {
      return failed("it sent an event that is not JSON.");
    }
    boolean suspicious = troubled || (!answers && to - from <= ErrorBody.BYTES_MAX);
    ApiError error = suspicious ? ErrorBody.findEvent(bytes, from, to) : null;
    return error == null ? wrong : error;
  }

  private void members(JsonParser p) {
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      answers |= name.equals("choices") || name.equals("usage");
      switch (name) {
        case "choices" -> choices(p, value);
        case "usage" -> give(usage.read(p, value));
        case "x_groq" -> give(usage.readInside(p, value));
        case "error" -> {
          troubled = value != JsonToken.VALUE_NULL;
          p.skipChildren();
        }
        default -> p.skipChildren();
      }
    }
  }

  private static ApiError failed(String why) {
    return new ApiError.UpstreamFailed(why);
  }

  private void choices(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_ARRAY) {
      p.skipChildren();
      return;
    }
    for (JsonToken one = p.nextToken(); one != JsonToken.END_ARRAY; one = p.nextToken()) {
      if (one == JsonToken.START_OBJECT) {
        choice(p);
      } else {
        p.skipChildren();
      }
    }
  }

  private void choice(JsonParser p) {
    choices++;
    index = 0;
    content = EMPTY;
    reasoning = EMPTY;
    refusal = EMPTY;
    logprobs = EMPTY;
    if (calls != null) {
      calls.clear();
    }
    finish = null;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "index" -> index = LooseJson.integer(p, value, 0);
        case "error" -> error(p);
        case "usage" -> give(usage.read(p, value));
        case "delta" -> delta(p, value);
        case "text" -> {
          int at = (int) p.currentTokenLocation().getByteOffset();
          byte[] text = LooseJson.text(p, value);
          if (!chat) {
            contentAt = at;
            content = text;
          }
        }
        case "logprobs" -> logprobs(p, value);
        case "finish_reason" -> finish = value == JsonToken.VALUE_NULL ? null : reason(p, value);
        default -> p.skipChildren();
      }
    }
    give();
  }

  /** What a choice itself reports. */
  private void error(JsonParser p) {
    JsonNode its = LooseJson.tree(p);
    if (ErrorDocument.says(its)) {
      wrong = ErrorBody.ofEvent(ErrorDocument.read(its));
    }
  }

  private void delta(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      switch (name) {
        case "content" -> {
          contentAt = (int) p.currentTokenLocation().getByteOffset();
          content = LooseJson.text(p, member);
        }
        case "reasoning_content", "reasoning" ->
            reasoning = longer(reasoning, LooseJson.text(p, member));
        case "refusal" -> refusal = LooseJson.text(p, member);
        case "tool_calls" -> calls().read(p, member);
        case "function_call" -> calls().older(p, member);
        default -> p.skipChildren();
      }
    }
  }

  private CallPieces calls() {
    CallPieces its = calls;
    if (its == null) {
      its = new CallPieces();
      calls = its;
    }
    return its;
  }

  /** Some send one thought under both names. */
  private static byte[] longer(byte[] a, byte[] b) {
    return a.length >= b.length ? a : b;
  }

  private void logprobs(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    if (!chat) {
      logprobs = LogprobsReader.read(p);
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      if (p.nextToken() == JsonToken.START_ARRAY && name.equals("content")) {
        byte[] all = LooseJson.copy(p, LogprobsReader.NONE);
        logprobs = Arrays.copyOfRange(all, 1, all.length - 1);
      } else {
        p.skipChildren();
      }
    }
  }

  private void give() {
    if (index < 0 || index > CHOICES_MAX) {
      return;
    }
    give(Kind.REASONING, reasoning);
    if (logprobs.length > 0) {
      things += 2;
      sink.logprobs(index, logprobs);
    }
    give(Kind.CONTENT, content);
    give(Kind.REFUSAL, refusal);
    if (calls != null) {
      calls.all().forEach(this::give);
    }
    if (finish != null) {
      things += 2;
    }
    finish(finish);
  }

  private void give(CallPieces.Piece piece) {
    things += 2;
    begun.begin(index);
    toolCalls = toolCalls == null ? new ToolCalls() : toolCalls;
    if (!toolCalls.piece(sink, index, piece.index(), piece.id(), piece.name(), piece.arguments())) {
      wrong = new ApiError.UnreadableAnswer("it calls more tools than we take.");
    }
  }

  private void finish(@Nullable FinishReason reason) {
    if (reason != null && !begun.hasEnded(index)) {
      begun.end(index);
      boolean called =
          reason == FinishReason.STOP && toolCalls != null && toolCalls.unnumbered(index);
      sink.finish(index, called ? FinishReason.TOOL_CALLS : reason);
    }
  }

  private void give(Kind kind, byte[] json) {
    if (json.length > 0) {
      things += kind == Kind.CONTENT ? 1 : 2;
      begun.begin(index);
      sink.delta(index, kind, json, 0, json.length);
    }
  }

  /** Some say why in an object. */
  private static String word(JsonParser p, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return p.getString();
    }
    if (value == JsonToken.START_OBJECT) {
      return LooseJson.tree(p).path("type").asString("");
    }
    p.skipChildren();
    return "";
  }

  private @Nullable FinishReason reason(JsonParser p, JsonToken value) {
    String word = word(p, value);
    if (FinishWords.isNone(word)) {
      return null;
    }
    ApiError failure = FinishWords.failure(word);
    if (failure != null) {
      wrong = failure;
      return null;
    }
    FinishReason reason = FinishWords.reason(word);
    oddEnd = reason == null ? word : oddEnd;
    return reason == null ? FinishReason.STOP : reason;
  }

  private void give(@Nullable Usage known) {
    if (known != null) {
      things += 2;
      sink.usage(known);
    }
  }
}
