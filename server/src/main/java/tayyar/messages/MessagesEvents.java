package tayyar.messages;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.dialect.Events;
import tayyar.openai.CallIds;
import tayyar.wire.Ascii;

/**
 * The events of a message: its blocks are opened, continued and closed one after the other.
 *
 * @see <a href="https://docs.anthropic.com/en/docs/build-with-claude/streaming">Streaming</a>
 */
final class MessagesEvents implements Events {
  private static final byte[] DELTA =
      Ascii.bytes("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":");
  private static final byte[] TEXT = Ascii.bytes(",\"delta\":{\"type\":\"text_delta\",\"text\":\"");
  private static final byte[] THINKING =
      Ascii.bytes(",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"");
  private static final byte[] INPUT =
      Ascii.bytes(",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"");
  private static final byte[] DELTA_END = Ascii.bytes("\"}}\n\n");
  private static final byte[] PING = Ascii.bytes("event: ping\ndata: {\"type\":\"ping\"}\n\n");

  /** The open block. */
  private enum Block {
    NONE,
    TEXT,
    THINKING,
    TOOL,
    OTHER
  }

  private final String id;
  private final NativeEnd end = new NativeEnd();
  private final StopReason stop = new StopReason();
  private Usage first;
  private String model;
  private Block open = Block.NONE;
  private int index = -1;
  private int call = -1;

  /**
   * A stream of which nothing is written.
   *
   * @param promptTokens an estimate, for the first event where no target tells the truth so early
   */
  MessagesEvents(String id, String model, int promptTokens) {
    this.id = id;
    this.model = model;
    this.first = new Usage(Math.max(1, promptTokens), 1, 0, true);
  }

  @Override
  public boolean areBlocks() {
    return true;
  }

  @Override
  public void model(String name) {
    model = name;
  }

  @Override
  public void usage(Usage soFar) {
    first = soFar;
  }

  @Override
  public void begin(ByteBuf out, int choice) {
    event(out, "message_start");
    Ascii.write(
        out, ",\"message\":{\"id\":\"" + id + "\",\"type\":\"message\",\"role\":\"assistant\"");
    Ascii.write(out, ",\"model\":\"");
    out.writeBytes(JsonText.escape(model));
    Ascii.write(out, "\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":");
    MessagesDocument.usage(out, atLeastOne(first));
    Ascii.write(out, "}}\n\n");
  }

  /** Clients take a message without a written token for an empty one. */
  private static Usage atLeastOne(Usage told) {
    int written = Math.max(1, told.completionTokens());
    return told.counted(told.promptTokens(), written, told.estimated());
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
    boolean thinking = kind == Kind.REASONING;
    if (kind == Kind.REFUSAL) {
      stop.refused();
    }
    open(out, thinking ? Block.THINKING : Block.TEXT);
    delta(out, thinking ? THINKING : TEXT, json, from, to);
  }

  @Override
  public void toolCall(ByteBuf out, int choice, ToolCall piece, boolean first, int from, int to) {
    if (first && piece.first()) {
      close(out);
      open = Block.TOOL;
      call = piece.index();
      stop.called();
      start(out, "{\"type\":\"tool_use\",\"id\":\"");
      out.writeBytes(
          piece.index() < 0 ? Ascii.bytes("toolu_" + id) : CallIds.told(piece.id(), piece.more()));
      Ascii.write(out, "\",\"name\":\"");
      out.writeBytes(piece.name());
      Ascii.write(out, "\",\"input\":{}}}\n\n");
    } else if (open != Block.TOOL || call != piece.index()) {
      throw Events.mixed();
    }
    delta(out, INPUT, piece.arguments(), from, to);
  }

  @Override
  public void aside(int choice, Part.Member member) {
    stop.member(member);
  }

  /** No block is there for members of others' messages. */
  @Override
  public void member(ByteBuf out, int choice, Part.Member member) {}

  @Override
  public void its(ByteBuf out, int choice, Part.Native part) {
    switch (part.step()) {
      case BLOCK -> {
        close(out);
        open = Block.OTHER;
        start(out, "");
        out.writeBytes(part.json());
        Ascii.write(out, "}\n\n");
      }
      case DELTA -> {
        // These may be all that is told of a block, or come before its text.
        if (NativeEnd.isOfThinking(part)) {
          open(out, Block.THINKING);
        } else if (NativeEnd.isOfText(part)) {
          open(out, Block.TEXT);
        } else if (open == Block.NONE) {
          return;
        }
        out.writeBytes(DELTA);
        Ascii.write(out, index);
        Ascii.write(out, ",\"delta\":");
        out.writeBytes(part.json());
        Ascii.write(out, "}\n\n");
      }
      case STOP -> close(out);
      case END, USAGE -> end.told(part);
    }
  }

  @Override
  public void finish(ByteBuf out, int choice, FinishReason reason, byte @Nullable [] logprobs) {
    stop.ended(reason);
  }

  @Override
  public void keepAlive(ByteBuf out) {
    out.writeBytes(PING);
  }

  @Override
  public void complete(ByteBuf out, Usage usage, @Nullable Cost cost) {
    close(out);
    event(out, "message_delta");
    end.event(out, stop, usage);
    Ascii.write(out, "}\n\n");
    event(out, "message_stop");
    Ascii.write(out, "}\n\n");
  }

  @Override
  public void fail(ByteBuf out, ApiError error, Usage usage, @Nullable Cost cost) {
    Ascii.write(out, "event: error\ndata: ");
    out.writeBytes(ErrorEnvelope.of(error));
    Ascii.write(out, "\n\n");
  }

  private void open(ByteBuf out, Block block) {
    if (open == block) {
      return;
    }
    close(out);
    open = block;
    start(
        out,
        block == Block.TEXT
            ? "{\"type\":\"text\",\"text\":\"\"}}\n\n"
            : "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n");
  }

  private void start(ByteBuf out, String block) {
    index++;
    event(out, "content_block_start");
    Ascii.write(out, ",\"index\":" + index + ",\"content_block\":" + block);
  }

  private void close(ByteBuf out) {
    if (open != Block.NONE) {
      open = Block.NONE;
      event(out, "content_block_stop");
      Ascii.write(out, ",\"index\":" + index + "}\n\n");
    }
  }

  private void delta(ByteBuf out, byte[] kind, byte[] json, int from, int to) {
    out.writeBytes(DELTA);
    Ascii.write(out, index);
    out.writeBytes(kind).writeBytes(json, from, to - from).writeBytes(DELTA_END);
  }

  private static void event(ByteBuf out, String name) {
    Ascii.write(out, "event: " + name + "\ndata: {\"type\":\"" + name + "\"");
  }
}
