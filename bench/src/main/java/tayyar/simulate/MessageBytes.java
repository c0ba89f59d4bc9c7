package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.simulate.Calls.CallPiece;

/**
 * The bytes of an answer in Anthropic's Messages API: blocks of thinking, text and calls, each
 * opened and closed.
 *
 * @see <a href="https://docs.anthropic.com/en/docs/build-with-claude/streaming">Streaming</a>
 */
final class MessageBytes extends ResponseBytes {
  private static final Map<String, String> REASONS =
      Map.of(
          "stop",
          "end_turn",
          "length",
          "max_tokens",
          "tool_calls",
          "tool_use",
          "content_filter",
          "refusal");

  private enum Block {
    NONE,
    THINKING,
    TEXT,
    CALL
  }

  private final ScriptedResponse scripted;
  private final StringBuilder whole = new StringBuilder();
  private Block open = Block.NONE;
  private int index = -1;
  private String input = "";

  MessageBytes(ScriptedResponse scripted) {
    super(scripted);
    this.scripted = scripted;
  }

  /** A signature that depends on what was thought. */
  private static String signature(ScriptedResponse scripted) {
    return "c2lnbmVk/" + Arrays.hashCode(scripted.speech().token(0)) + "+==";
  }

  @Override
  ByteBuf first(ByteBufAllocator buffers) {
    return event(
        buffers,
        "message_start",
        "\"message\":{"
            + head()
            + ",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":"
            + usageOf(1)
            + "}");
  }

  private String head() {
    return "\"id\":\""
        + scripted.id()
        + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""
        + new String(JsonString.escape(scripted.model()), UTF_8)
        + "\"";
  }

  private String usageOf(int tokens) {
    return "{\"input_tokens\":"
        + scripted.promptTokens()
        + ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":"
        + tokens
        + ",\"service_tier\":\"standard\"}";
  }

  @Override
  ByteBuf token(ByteBufAllocator buffers, byte[] text, boolean reasoning) {
    Block block = reasoning ? Block.THINKING : Block.TEXT;
    String start =
        reasoning
            ? "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"
            : "{\"type\":\"text\",\"text\":\"\"}";
    String said = new String(text, UTF_8);
    String delta =
        reasoning
            ? "{\"type\":\"thinking_delta\",\"thinking\":\"" + said + "\"}"
            : "{\"type\":\"text_delta\",\"text\":\"" + said + "\"}";
    ByteBuf begin = open == block ? Unpooled.EMPTY_BUFFER : start(buffers, block, start);
    return Unpooled.wrappedBuffer(begin, delta(buffers, delta));
  }

  @Override
  ByteBuf lastToken(ByteBufAllocator buffers, byte[] text) {
    return Unpooled.wrappedBuffer(token(buffers, text, false), finish(buffers));
  }

  @Override
  ByteBuf call(ByteBufAllocator buffers, int token, @Nullable String finish) {
    CallPiece piece = scripted.calls().piece(token);
    ByteBuf out =
        piece.id().isEmpty()
            ? delta(
                buffers,
                "{\"type\":\"input_json_delta\",\"partial_json\":\"" + piece.arguments() + "\"}")
            : start(
                buffers,
                Block.CALL,
                "{\"type\":\"tool_use\",\"id\":\""
                    + piece.id()
                    + "\",\"name\":\""
                    + piece.name()
                    + "\",\"input\":{}}");
    return finish == null ? out : Unpooled.wrappedBuffer(out, finish(buffers));
  }

  private ByteBuf start(ByteBufAllocator buffers, Block block, String json) {
    ByteBuf close = close(buffers);
    open = block;
    index++;
    return Unpooled.wrappedBuffer(
        close,
        event(buffers, "content_block_start", "\"index\":" + index + ",\"content_block\":" + json));
  }

  private ByteBuf delta(ByteBufAllocator buffers, String json) {
    return event(buffers, "content_block_delta", "\"index\":" + index + ",\"delta\":" + json);
  }

  private ByteBuf close(ByteBufAllocator buffers) {
    if (open == Block.NONE) {
      return Unpooled.EMPTY_BUFFER;
    }
    String signature =
        "{\"type\":\"signature_delta\",\"signature\":\"" + signature(scripted) + "\"}";
    ByteBuf signed = open == Block.THINKING ? delta(buffers, signature) : Unpooled.EMPTY_BUFFER;
    open = Block.NONE;
    return Unpooled.wrappedBuffer(
        signed, event(buffers, "content_block_stop", "\"index\":" + index));
  }

  /** The reason comes with the tokens. */
  @Override
  ByteBuf finish(ByteBufAllocator buffers) {
    return close(buffers);
  }

  private String reason() {
    return "\"stop_reason\":\""
        + REASONS.getOrDefault(scripted.finish(), scripted.finish())
        + "\",\"stop_sequence\":null";
  }

  @Override
  ByteBuf usage(ByteBufAllocator buffers, int tokens) {
    return event(
        buffers, "message_delta", "\"delta\":{" + reason() + "},\"usage\":" + usageOf(tokens));
  }

  @Override
  ByteBuf done(ByteBufAllocator buffers) {
    return event(buffers, "message_stop", "");
  }

  @Override
  ByteBuf error(ByteBufAllocator buffers) {
    String type = scripted.script().name(Word.CODE, "api_error");
    String error = "{\"type\":\"" + type + "\",\"message\":\"The simulator was told to fail.\"}";
    return event(buffers, "error", "\"error\":" + error);
  }

  /** Clients of this language know an event by its line. */
  private ByteBuf event(ByteBufAllocator buffers, String name, String members) {
    String json = "{\"type\":\"" + name + "\"" + (members.isEmpty() ? "" : ",") + members + "}";
    return named(buffers, name, json);
  }

  /** The answer that is no stream. */
  String whole() {
    for (int i = 0; i < scripted.tokens(); i++) {
      if (scripted.calls().at(i)) {
        piece(scripted.calls().piece(i));
      } else {
        boolean reasoning = i < scripted.script().number(Word.REASONING);
        begin(
            reasoning ? Block.THINKING : Block.TEXT,
            reasoning
                ? "{\"type\":\"thinking\",\"thinking\":\""
                : "{\"type\":\"text\",\"text\":\"");
        whole.append(new String(scripted.speech().token(i), UTF_8));
      }
    }
    begin(Block.NONE, "");
    return "{"
        + head()
        + ",\"content\":["
        + whole
        + "],"
        + reason()
        + ",\"usage\":"
        + usageOf(scripted.tokens())
        + "}";
  }

  private void piece(CallPiece piece) {
    if (!piece.id().isEmpty()) {
      begin(Block.NONE, "");
      begin(
          Block.CALL,
          "{\"type\":\"tool_use\",\"id\":\""
              + piece.id()
              + "\",\"name\":\""
              + piece.name()
              + "\",\"input\":");
    }
    input += piece.arguments();
  }

  private void begin(Block block, String head) {
    if (open == block) {
      return;
    }
    switch (open) {
      case NONE -> {}
      case THINKING ->
          whole.append("\",\"signature\":\"").append(signature(scripted)).append("\"}");
      case TEXT -> whole.append("\"}");
      case CALL -> whole.append(Calls.json(input)).append('}');
    }
    input = "";
    open = block;
    if (block != Block.NONE) {
      whole.append(whole.isEmpty() ? "" : ",").append(head);
    }
  }
}
