package tayyar.openai;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Money;
import tayyar.api.Part;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.dialect.Events;
import tayyar.wire.Ascii;

/**
 * Writes the events of one stream, of a chat or of a completion. What is the same in all of them is
 * encoded once.
 *
 * @see <a href="https://github.com/openai/openai-openapi">CreateChatCompletionStreamResponse</a>
 */
final class Chunks implements Events {
  private static final byte[] ROLE =
      Ascii.bytes(",\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]");
  private static final byte[] EMPTY_DELTA = Ascii.bytes(",\"delta\":{}");
  private static final byte[] FINISH_REASON = Ascii.bytes(",\"finish_reason\":\"");
  private static final byte[] CONTENT = Ascii.bytes(",\"delta\":{\"content\":\"");
  private static final byte[] REASONING = Ascii.bytes(",\"delta\":{\"reasoning_content\":\"");
  private static final byte[] REFUSAL = Ascii.bytes(",\"delta\":{\"refusal\":\"");
  private static final byte[] TEXT = Ascii.bytes(",\"text\":\"");
  private static final byte[] NO_TEXT = Ascii.bytes(",\"text\":\"\",\"logprobs\":");
  private static final byte[] TEXT_LOGPROBS = Ascii.bytes(",\"logprobs\":");
  private static final byte[] TEXT_END = Ascii.bytes(",\"logprobs\":null,\"finish_reason\":null}]");
  private static final byte[] AFTER_TEXT = Ascii.bytes("\"},\"finish_reason\":null}]");
  private static final byte[] LOGPROBS = Ascii.bytes(",\"logprobs\":{\"content\":[");
  private static final byte[] AFTER_LOGPROBS = Ascii.bytes("],\"refusal\":null}");
  private static final byte[] REFUSAL_LOGPROBS =
      Ascii.bytes(",\"logprobs\":{\"content\":null,\"refusal\":[");
  private static final byte[] AFTER_REFUSAL_LOGPROBS = Ascii.bytes("]}");
  private static final byte[] FINISH_NULL = Ascii.bytes(",\"finish_reason\":null}]");
  private static final byte[] TOOL_CALL = Ascii.bytes(",\"delta\":{\"tool_calls\":[{\"index\":");
  private static final byte[] FUNCTION_CALL = Ascii.bytes(",\"delta\":{\"function_call\":{");
  private static final byte[] AFTER_REASON = Ascii.bytes("\"}]");
  private static final byte[] NO_CHOICES = Ascii.bytes("]");
  private static final byte[] INDEX = Ascii.bytes("{\"index\":");
  private static final byte[] END = Ascii.bytes("}\n\n");
  private static final byte[] END_USAGE_NULL = Ascii.bytes(",\"usage\":null}\n\n");
  private static final byte[] TEXT_AND_END = concat(AFTER_TEXT, END);
  private static final byte[] TEXT_AND_END_USAGE_NULL = concat(AFTER_TEXT, END_USAGE_NULL);
  private static final byte[] USAGE = Ascii.bytes(",\"usage\":");
  private static final byte[] PROMPT_TOKENS = Ascii.bytes("{\"prompt_tokens\":");
  private static final byte[] COMPLETION_TOKENS = Ascii.bytes(",\"completion_tokens\":");
  private static final byte[] TOTAL_TOKENS = Ascii.bytes(",\"total_tokens\":");
  private static final byte[] CACHE_WRITES = Ascii.bytes(",\"cache_write_tokens\":");
  private static final byte[] CACHED_TOKENS =
      Ascii.bytes(",\"prompt_tokens_details\":{\"cached_tokens\":");
  private static final byte[] END_EXACT = Ascii.bytes("}");
  private static final byte[] END_ESTIMATED = Ascii.bytes(",\"estimated\":true}");
  private static final byte[] DATA = Ascii.bytes("data: ");
  private static final byte[] BLANK = Ascii.bytes("\n\n");
  private static final byte[] DONE = Ascii.bytes("data: [DONE]\n\n");
  private static final byte[] KEEP_ALIVE = Ascii.bytes(": keep-alive\n\n");

  private final String id;
  private final long created;
  private final boolean includeUsage;
  private final boolean early;
  private final boolean chat;
  private final byte[] end;
  private final byte[] afterText;
  private String model;
  private byte[] members = {};
  private byte[] head;
  private byte[] firstContent;
  private @Nullable Usage known;

  /**
   * The events of one stream.
   *
   * @param id the completion's id
   * @param created seconds since the epoch
   * @param model the model that answers: its name as the client wrote it, or a fallback's
   * @param includeUsage whether the stream ends with a usage chunk
   * @param early whether such a stream also begins with what is known of it by then
   * @param chat false for a completion, which has content and its log-probabilities alone
   */
  Chunks(String id, long created, String model, boolean includeUsage, boolean early, boolean chat) {
    this.id = id;
    this.created = created;
    this.model = model;
    this.includeUsage = includeUsage;
    this.early = early && includeUsage;
    this.chat = chat;
    head = head();
    firstContent = firstContent();
    end = includeUsage ? END_USAGE_NULL : END;
    afterText = includeUsage ? TEXT_AND_END_USAGE_NULL : TEXT_AND_END;
  }

  /** What is the same in all of them. */
  private byte[] head() {
    String before =
        "data: {\"id\":\""
            + id
            + "\",\"object\":\""
            + (chat ? "chat.completion.chunk" : "text_completion")
            + "\",\"created\":"
            + created
            + ",\"model\":\"";
    return concat(
        Ascii.bytes(before),
        JsonText.escape(model),
        Ascii.bytes("\""),
        members,
        Ascii.bytes(",\"choices\":["));
  }

  private byte[] firstContent() {
    return concat(head, INDEX, Ascii.bytes("0"), chat ? CONTENT : TEXT);
  }

  @Override
  public void model(String name) {
    if (!name.equals(model)) {
      model = name;
      encode();
    }
  }

  @Override
  public void usage(Usage soFar) {
    known = early ? soFar : null;
  }

  /** Much of what documents have beside their choices and in them, streams do not have. */
  @Override
  public void aside(int choice, Part.Member member) {
    if (member.place() == Part.Member.Place.ANSWER && ChunkReader.isOfStreams(member.name())) {
      members = concat(members, Ascii.bytes(",\"" + member.name() + "\":"), member.json());
      encode();
    }
  }

  private void encode() {
    head = head();
    firstContent = firstContent();
  }

  @Override
  public void begin(ByteBuf out, int choice) {
    if (chat) {
      start(out, choice);
      out.writeBytes(ROLE);
      if (known == null) {
        out.writeBytes(end);
      } else {
        out.writeBytes(USAGE);
        usageJson(out, known, null);
        out.writeBytes(END);
      }
    }
  }

  @Override
  public void text(
      ByteBuf out,
      int choice,
      Kind kind,
      byte[] json,
      int from,
      int to,
      byte @Nullable [] logprobs) {
    if (choice == 0 && kind == Kind.CONTENT) {
      out.writeBytes(firstContent);
    } else {
      start(out, choice);
      out.writeBytes(
          switch (kind) {
            case CONTENT -> chat ? CONTENT : TEXT;
            case REASONING -> REASONING;
            case REFUSAL -> REFUSAL;
          });
    }
    out.writeBytes(json, from, to - from);
    if (!chat) {
      out.writeByte('"');
      textLogprobs(out, logprobs);
      out.writeBytes(end);
    } else if (logprobs == null) {
      out.writeBytes(afterText);
    } else {
      out.writeByte('"').writeByte('}');
      logprobs(out, kind, logprobs);
      out.writeBytes(FINISH_NULL).writeBytes(end);
    }
  }

  @Override
  public void member(ByteBuf out, int choice, Part.Member member) {
    start(out, choice);
    Ascii.write(out, ",\"delta\":{\"" + member.name() + "\":");
    out.writeBytes(member.json()).writeByte('}').writeBytes(FINISH_NULL).writeBytes(end);
  }

  @Override
  public void toolCall(ByteBuf out, int choice, ToolCall piece, boolean first, int from, int to) {
    start(out, choice);
    boolean older = piece.index() < 0;
    if (older) {
      out.writeBytes(FUNCTION_CALL);
    } else {
      out.writeBytes(TOOL_CALL);
      Ascii.write(out, Integer.toString(piece.index()));
      if (first) {
        member(out, ",\"id\":\"", piece.id(), 0, piece.id().length);
        Ascii.write(out, piece.custom() ? ",\"type\":\"custom\"" : ",\"type\":\"function\"");
      }
      Ascii.write(out, piece.custom() ? ",\"custom\":{" : ",\"function\":{");
    }
    if (first) {
      member(out, "\"name\":\"", piece.name(), 0, piece.name().length);
      out.writeByte(',');
    }
    String arguments = piece.custom() ? "\"input\":\"" : "\"arguments\":\"";
    member(out, arguments, piece.arguments(), from, to);
    out.writeByte('}');
    if (from == 0) {
      out.writeBytes(piece.more());
    }
    Ascii.write(out, older ? "}" : "}]}");
    out.writeBytes(FINISH_NULL).writeBytes(end);
  }

  private static void member(ByteBuf out, String name, byte[] json, int from, int to) {
    Ascii.write(out, name);
    out.writeBytes(json, from, to - from).writeByte('"');
  }

  private static void textLogprobs(ByteBuf out, byte @Nullable [] entries) {
    if (entries == null) {
      out.writeBytes(TEXT_END);
    } else {
      out.writeBytes(TEXT_LOGPROBS);
      TextLogprobs.write(out, entries);
      out.writeBytes(FINISH_NULL);
    }
  }

  private static void logprobs(ByteBuf out, Kind of, byte[] entries) {
    boolean content = of == Kind.CONTENT;
    out.writeBytes(content ? LOGPROBS : REFUSAL_LOGPROBS).writeBytes(entries);
    out.writeBytes(content ? AFTER_LOGPROBS : AFTER_REFUSAL_LOGPROBS);
  }

  @Override
  public void finish(ByteBuf out, int choice, FinishReason reason, byte @Nullable [] logprobs) {
    start(out, choice);
    out.writeBytes(chat ? EMPTY_DELTA : NO_TEXT);
    if (!chat) {
      noText(out, logprobs);
    } else if (logprobs != null) {
      logprobs(out, Kind.CONTENT, logprobs);
    }
    out.writeBytes(FINISH_REASON);
    Ascii.write(out, reason.wire());
    out.writeBytes(AFTER_REASON).writeBytes(end);
  }

  private static void noText(ByteBuf out, byte @Nullable [] entries) {
    if (entries == null) {
      Ascii.write(out, "null");
    } else {
      TextLogprobs.write(out, entries);
    }
  }

  @Override
  public void complete(ByteBuf out, Usage usage, @Nullable Cost cost) {
    if (includeUsage) {
      usage(out, usage, cost);
    }
    out.writeBytes(DONE);
  }

  @Override
  public void fail(ByteBuf out, ApiError error, Usage usage, @Nullable Cost cost) {
    if (cost != null) {
      usage(out, usage, cost);
    }
    out.writeBytes(DATA).writeBytes(ErrorJson.bytes(error)).writeBytes(BLANK).writeBytes(DONE);
  }

  @Override
  public void keepAlive(ByteBuf out) {
    out.writeBytes(KEEP_ALIVE);
  }

  private void usage(ByteBuf out, Usage usage, @Nullable Cost cost) {
    out.writeBytes(head).writeBytes(NO_CHOICES);
    out.writeBytes(USAGE);
    usageJson(out, usage, cost);
    out.writeBytes(END);
  }

  private void start(ByteBuf out, int choice) {
    out.writeBytes(head).writeBytes(INDEX);
    if (choice < 10) {
      out.writeByte('0' + choice);
    } else {
      Ascii.write(out, Integer.toString(choice));
    }
  }

  /**
   * The usage object; {@code estimated} stands in it where the numbers are our guess.
   *
   * @param cost null where the client has not asked for it
   */
  static void usageJson(ByteBuf out, Usage usage, @Nullable Cost cost) {
    out.writeBytes(PROMPT_TOKENS);
    Ascii.write(out, usage.promptTokens());
    out.writeBytes(COMPLETION_TOKENS);
    Ascii.write(out, usage.completionTokens());
    out.writeBytes(TOTAL_TOKENS);
    Ascii.write(out, usage.totalTokens());
    out.writeBytes(CACHED_TOKENS);
    Ascii.write(out, usage.cachedTokens());
    if (usage.cacheWrites() > 0) {
      out.writeBytes(CACHE_WRITES);
      Ascii.write(out, usage.cacheWrites());
    }
    out.writeByte('}');
    String before = ",\"completion_tokens_details\":{\"";
    for (Map.Entry<String, Integer> detail : usage.details().entrySet()) {
      Ascii.write(out, before);
      Ascii.write(out, detail.getKey());
      Ascii.write(out, "\":");
      Ascii.write(out, detail.getValue());
      before = ",\"";
    }
    if (!usage.details().isEmpty()) {
      out.writeByte('}');
    }
    cost(out, cost);
    out.writeBytes(usage.estimated() ? END_ESTIMATED : END_EXACT);
  }

  /** A number, as OpenRouter has it, with its currency beside it. */
  static void cost(ByteBuf out, @Nullable Cost cost) {
    if (cost != null) {
      Ascii.write(out, ",\"cost\":" + Money.exact(cost.amount()) + ",\"currency\":\"");
      out.writeBytes(JsonText.escape(cost.currency())).writeByte('"');
    }
  }

  private static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
