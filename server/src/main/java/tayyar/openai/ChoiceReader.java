package tayyar.openai;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * Reads one choice at a time, of a chunk or of a document: its index may stand behind what it says,
 * so that is given afterwards. Not safe for use by more than one thread.
 */
final class ChoiceReader {
  private static final byte[] EMPTY = {};

  private final Sink sink;
  private final boolean chat;
  private final UsageReader usageReader;
  private final Texts texts;
  private final Said said = new Said();

  /** What a chunk says where its delta stands elsewhere; null until one does. */
  private @Nullable Said elsewhere;

  /** What of the two is given. */
  private Said its = said;

  private final List<Part.Member> members = new ArrayList<>(0);
  private @Nullable ToolCalls toolCalls;
  private int index;
  private boolean document;
  private byte[] logprobs = EMPTY;
  private byte[] refusalLogprobs = EMPTY;
  private byte[] text = EMPTY;
  private @Nullable FinishReason finish;
  private String oddEnd = "";
  private @Nullable ApiError trouble;
  private @Nullable Usage usage;

  ChoiceReader(Sink sink, boolean chat, UsageReader usageReader) {
    this.sink = sink;
    this.chat = chat;
    this.usageReader = usageReader;
    this.texts = new Texts(sink);
  }

  /** All texts of the answer. */
  Texts texts() {
    return texts;
  }

  int index() {
    return index;
  }

  /** Why it ended, as it says, or null. */
  @Nullable FinishReason finish() {
    return finish;
  }

  /** A finish_reason that nobody knows, or empty. */
  String oddEnd() {
    return oddEnd;
  }

  /** An error that it tells of, or null. */
  @Nullable ApiError trouble() {
    return trouble;
  }

  /** Tokens that it tells of, or null. */
  @Nullable Usage usage() {
    return usage;
  }

  /** Where its text's opening quote stands. */
  int textAt() {
    return its.contentAt();
  }

  /** Its text as JSON, where its delta has that alone; empty otherwise. */
  byte[] textAlone() {
    return finish == null && usage == null && !isWhole() ? text : EMPTY;
  }

  /** Whether a chunk has no delta that says anything, but a whole message or a text. */
  boolean isWhole() {
    return its != said;
  }

  /**
   * Reads one, from behind its opening brace to its end.
   *
   * @param place its index where it has none
   * @param whole whether all that it has is passed on
   */
  void read(JsonParser p, int place, boolean whole) {
    clear(place);
    document = whole;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "index" -> index = LooseJson.integer(p, value, place);
        case "error" -> error(p);
        case "usage" -> usage = usageReader.read(p, value);
        case "delta" -> said.read(p, value);
        case "message" -> (whole ? said : elsewhere()).read(p, value);
        case "text" -> text(p, value);
        case "logprobs" -> logprobs(p, value);
        case "finish_reason" -> finish = value == JsonToken.VALUE_NULL ? null : reason(p, value);
        default -> member(p, name, value, whole);
      }
    }
    boolean otherwise = elsewhere != null && !said.speaks() && elsewhere.speaks();
    its = otherwise ? elsewhere() : said;
  }

  private Said elsewhere() {
    Said there = elsewhere;
    if (there == null) {
      there = new Said();
      elsewhere = there;
    }
    return there;
  }

  /** Reads a text beside the message; of a chat it counts where nothing else does. */
  private void text(JsonParser p, JsonToken value) {
    if (!chat) {
      said.text(p, value);
    } else if (elsewhere().content().isEmpty()) {
      elsewhere().text(p, value);
    } else {
      p.skipChildren();
    }
  }

  private void clear(int place) {
    said.clear();
    if (elsewhere != null) {
      elsewhere.clear();
    }
    members.clear();
    index = place;
    logprobs = EMPTY;
    refusalLogprobs = EMPTY;
    text = EMPTY;
    finish = null;
    oddEnd = "";
    trouble = null;
    usage = null;
  }

  private void member(JsonParser p, String name, JsonToken value, boolean whole) {
    boolean stop = name.equals("stop_reason") && value == JsonToken.VALUE_STRING;
    if (!whole && !stop) {
      p.skipChildren();
      return;
    }
    Part.Member more = Said.member(Place.CHOICE, name, p, value);
    if (more != null) {
      members.add(more);
    }
  }

  /** Reads the error that a choice itself reports. */
  private void error(JsonParser p) {
    JsonNode told = LooseJson.tree(p);
    if (ErrorDocument.says(told)) {
      trouble = ErrorBody.ofEvent(ErrorDocument.read(told));
    }
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
      boolean list = p.nextToken() == JsonToken.START_ARRAY;
      if (list && name.equals("content")) {
        logprobs = entries(p);
      } else if (list && name.equals("refusal")) {
        refusalLogprobs = entries(p);
      } else {
        p.skipChildren();
      }
    }
  }

  private static byte[] entries(JsonParser p) {
    byte[] all = LooseJson.copy(p, LogprobsReader.NONE);
    return Arrays.copyOfRange(all, 1, all.length - 1);
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
      trouble = failure;
      return null;
    }
    FinishReason reason = FinishWords.reason(word);
    oddEnd = reason == null ? word : "";
    return reason == null ? FinishReason.STOP : reason;
  }

  /** Whether it has anything to give. */
  boolean speaks() {
    return !its.content().isEmpty() || hasMoreThanContent();
  }

  private boolean hasMoreThanContent() {
    return its.hasMoreThanContent()
        || !members.isEmpty()
        || logprobs.length > 0
        || refusalLogprobs.length > 0;
  }

  /**
   * Gives all that it says.
   *
   * @return null, or why that can't be given
   */
  @Nullable ApiError give() {
    give(Kind.REASONING, its.reasoning(), EMPTY);
    byte[] json = give(Kind.CONTENT, its.content(), logprobs);
    text = hasMoreThanContent() ? EMPTY : json;
    give(Kind.REFUSAL, its.refusal(), refusalLogprobs);
    its.members().forEach(member -> sink.part(index, member));
    members.forEach(member -> sink.part(index, member));
    boolean room = true;
    for (CallPieces.Piece piece : its.calls()) {
      room &= toolCalls().piece(sink, index, piece);
    }
    return room ? null : new ApiError.UnreadableAnswer("it calls more tools than we take.");
  }

  private ToolCalls toolCalls() {
    ToolCalls all = toolCalls;
    if (all == null) {
      all = new ToolCalls(document);
      toolCalls = all;
    }
    return all;
  }

  private byte[] give(Kind kind, String piece, byte[] entries) {
    if (entries.length > 0) {
      sink.part(index, new Part.Logprobs(kind, entries));
    }
    return piece.isEmpty() ? EMPTY : texts.give(index, kind, piece);
  }

  /**
   * A choice is over.
   *
   * @return null, or what is wrong with it: text that waited for something else would be lost
   */
  @Nullable ApiError end(int of) {
    texts.end(of);
    return toolCalls != null && toolCalls.nameless(of)
        ? new ApiError.UnreadableAnswer("it calls a tool without a name.")
        : null;
  }

  /** The reason that is meant: of a choice that called tools without numbering them, Gemini's. */
  FinishReason ending(int of, FinishReason told) {
    boolean called = told == FinishReason.STOP && toolCalls != null && toolCalls.unnumbered(of);
    return called ? FinishReason.TOOL_CALLS : told;
  }
}
