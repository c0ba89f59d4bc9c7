package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.simulate.Calls.CallPiece;

/**
 * The bytes of an answer in OpenAI's Responses API: items of thinking, text and calls, each opened
 * and closed.
 *
 * @see <a href="https://www.openresponses.org/specification">Open Responses</a>
 */
final class ItemBytes extends ResponseBytes {
  private enum Sort {
    NONE("", ""),
    THINKING("rs", "response.reasoning_summary_text"),
    TEXT("msg", "response.output_text"),
    CALL("fc", "response.function_call_arguments");

    final String prefix;
    final String events;

    Sort(String prefix, String events) {
      this.prefix = prefix;
      this.events = events;
    }
  }

  private final ScriptedResponse scripted;
  private final List<String> items = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private Sort open = Sort.NONE;
  private String call = "";
  private int number;
  private int tokens;

  ItemBytes(ScriptedResponse scripted) {
    super(scripted);
    this.scripted = scripted;
  }

  @Override
  ByteBuf first(ByteBufAllocator buffers) {
    return Unpooled.wrappedBuffer(
        response(buffers, "response.created", "in_progress"),
        response(buffers, "response.in_progress", "in_progress"));
  }

  private ByteBuf response(ByteBufAllocator buffers, String type, String status) {
    return event(buffers, type, "\"response\":" + object(status));
  }

  private String object(String status) {
    boolean over = !status.equals("in_progress");
    boolean used = over && !scripted.script().has(Word.NOUSAGE);
    String why =
        scripted.finish().equals("length")
            ? "{\"reason\":\"max_output_tokens\"}"
            : "{\"reason\":\"content_filter\"}";
    return "{\"id\":\""
        + scripted.id()
        + "\",\"object\":\"response\",\"created_at\":1767225600,\"status\":\""
        + status
        + "\",\"error\":null,\"incomplete_details\":"
        + (status.equals("incomplete") ? why : "null")
        + ",\"model\":\""
        + new String(JsonString.escape(scripted.model()), UTF_8)
        + "\",\"output\":["
        + String.join(",", items)
        + "],\"billing\":{\"payer\":\"simulator\"},\"usage\":"
        + (used ? usage() : "null")
        + "}";
  }

  private String usage() {
    return "{\"input_tokens\":"
        + scripted.promptTokens()
        + ",\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":"
        + tokens
        + ",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":"
        + (scripted.promptTokens() + tokens)
        + "}";
  }

  @Override
  ByteBuf token(ByteBufAllocator buffers, byte[] json, boolean reasoning) {
    Sort sort = reasoning ? Sort.THINKING : Sort.TEXT;
    ByteBuf begin = open == sort ? Unpooled.EMPTY_BUFFER : start(buffers, sort);
    return Unpooled.wrappedBuffer(begin, delta(buffers, new String(json, UTF_8)));
  }

  private ByteBuf delta(ByteBufAllocator buffers, String json) {
    text.append(json);
    String more = open == Sort.TEXT ? ",\"logprobs\":[],\"obfuscation\":\"x\"" : "";
    return event(buffers, open.events + ".delta", place() + ",\"delta\":\"" + json + "\"" + more);
  }

  private String place() {
    String part =
        switch (open) {
          case TEXT -> ",\"content_index\":0";
          case THINKING -> ",\"summary_index\":0";
          default -> "";
        };
    return "\"item_id\":\"" + id() + "\",\"output_index\":" + items.size() + part;
  }

  private String id() {
    return open.prefix + "_sim" + items.size();
  }

  private ByteBuf start(ByteBufAllocator buffers, Sort sort) {
    ByteBuf close = close(buffers);
    open = sort;
    text.setLength(0);
    ByteBuf added =
        event(
            buffers,
            "response.output_item.added",
            "\"output_index\":" + items.size() + ",\"item\":" + item("in_progress", ""));
    return Unpooled.wrappedBuffer(close, added, part(buffers, "added", ""));
  }

  private ByteBuf part(ByteBufAllocator buffers, String step, String said) {
    return switch (open) {
      case TEXT ->
          event(buffers, "response.content_part." + step, place() + ",\"part\":" + textPart(said));
      case THINKING ->
          event(
              buffers,
              "response.reasoning_summary_part." + step,
              place() + ",\"part\":{\"type\":\"summary_text\",\"text\":\"" + said + "\"}");
      default -> Unpooled.EMPTY_BUFFER;
    };
  }

  private static String textPart(String said) {
    return "{\"type\":\"output_text\",\"text\":\""
        + said
        + "\",\"annotations\":[],\"logprobs\":[]}";
  }

  private String item(String status, String said) {
    boolean begun = status.equals("in_progress");
    String head = "{\"id\":\"" + id() + "\",\"type\":\"";
    return switch (open) {
      case THINKING ->
          head
              + "reasoning\",\"summary\":["
              + (begun ? "" : "{\"type\":\"summary_text\",\"text\":\"" + said + "\"}")
              + "]"
              + (begun ? "}" : ",\"encrypted_content\":\"c2VhbGVk/+==\"}");
      case TEXT ->
          head
              + "message\",\"role\":\"assistant\",\"phase\":\"final_answer\",\"status\":\""
              + status
              + "\",\"content\":["
              + (begun ? "" : textPart(said))
              + "]}";
      default ->
          head
              + "function_call\",\"status\":\""
              + status
              + "\","
              + call
              + ",\"arguments\":\""
              + said
              + "\"}";
    };
  }

  @Override
  ByteBuf lastToken(ByteBufAllocator buffers, byte[] json) {
    return Unpooled.wrappedBuffer(token(buffers, json, false), finish(buffers));
  }

  @Override
  ByteBuf call(ByteBufAllocator buffers, int token, @Nullable String finish) {
    CallPiece piece = scripted.calls().piece(token);
    ByteBuf begin = Unpooled.EMPTY_BUFFER;
    if (!piece.id().isEmpty()) {
      ByteBuf close = close(buffers);
      call = named(piece);
      begin = Unpooled.wrappedBuffer(close, start(buffers, Sort.CALL));
    }
    ByteBuf more =
        piece.arguments().isEmpty() ? Unpooled.EMPTY_BUFFER : delta(buffers, piece.arguments());
    ByteBuf end = finish == null ? Unpooled.EMPTY_BUFFER : finish(buffers);
    return Unpooled.wrappedBuffer(begin, more, end);
  }

  private static String named(CallPiece piece) {
    return "\"call_id\":\"" + piece.id() + "\",\"name\":\"" + piece.name() + "\"";
  }

  private ByteBuf close(ByteBufAllocator buffers) {
    if (open == Sort.NONE) {
      return Unpooled.EMPTY_BUFFER;
    }
    String said = text.toString();
    String whole =
        open == Sort.CALL
            ? ",\"arguments\":\"" + said + "\"," + call.substring(call.indexOf("\"name\""))
            : ",\"text\":\"" + said + "\"" + (open == Sort.TEXT ? ",\"logprobs\":[]" : "");
    ByteBuf done = event(buffers, open.events + ".done", place() + whole);
    ByteBuf part = part(buffers, "done", said);
    String item = item(itemStatus(), said);
    ByteBuf end =
        event(
            buffers,
            "response.output_item.done",
            "\"output_index\":" + items.size() + ",\"item\":" + item);
    items.add(item);
    open = Sort.NONE;
    return Unpooled.wrappedBuffer(done, part, end);
  }

  private String itemStatus() {
    return status().equals("completed") ? "completed" : "incomplete";
  }

  private String status() {
    return scripted.finish().matches("length|content_filter") ? "incomplete" : "completed";
  }

  @Override
  ByteBuf finish(ByteBufAllocator buffers) {
    return close(buffers);
  }

  /** It stands in the last event. */
  @Override
  ByteBuf usage(ByteBufAllocator buffers, int much) {
    tokens = much;
    return Unpooled.EMPTY_BUFFER;
  }

  @Override
  ByteBuf done(ByteBufAllocator buffers) {
    return response(buffers, "response." + status(), status());
  }

  @Override
  ByteBuf error(ByteBufAllocator buffers) {
    String code = scripted.script().name(Word.CODE, "server_error");
    return event(
        buffers,
        "error",
        "\"code\":\"" + code + "\",\"message\":\"The simulator was told to fail.\",\"param\":null");
  }

  private ByteBuf event(ByteBufAllocator buffers, String type, String members) {
    String json =
        "{\"type\":\"" + type + "\",\"sequence_number\":" + number++ + "," + members + "}";
    return named(buffers, type, json);
  }

  /** The answer that is no stream. */
  String whole() {
    for (int i = 0; i < scripted.tokens(); i++) {
      if (scripted.calls().at(i)) {
        CallPiece piece = scripted.calls().piece(i);
        if (!piece.id().isEmpty()) {
          begin(Sort.CALL);
          call = named(piece);
        }
        text.append(piece.arguments());
      } else {
        boolean reasoning = i < scripted.script().number(Word.REASONING);
        Sort sort = reasoning ? Sort.THINKING : Sort.TEXT;
        if (open != sort) {
          begin(sort);
        }
        text.append(new String(scripted.speech().token(i), UTF_8));
      }
    }
    begin(Sort.NONE);
    tokens = scripted.tokens();
    return object(status());
  }

  private void begin(Sort sort) {
    if (open != Sort.NONE) {
      items.add(item(itemStatus(), text.toString()));
    }
    text.setLength(0);
    open = sort;
  }
}
