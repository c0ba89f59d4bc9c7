package tayyar.responses;

import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.JsonText;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.dialect.Gathered;
import tayyar.openai.CallIds;
import tayyar.wire.Ascii;

/** An item of a response's output, with all that came of it. */
final class Item {
  /** What an item is. */
  enum Sort {
    MESSAGE("msg_"),
    THINKING("rs_"),
    /** Thinking that is shown as a summary of it. */
    SUMMARY("rs_"),
    CALL("fc_"),
    CUSTOM("ctc_"),
    /** One of a target's own, as it came. */
    READY("");

    private final String prefix;

    Sort(String prefix) {
      this.prefix = prefix;
    }
  }

  final Sort sort;
  final String id;
  final int index;
  private final @Nullable ToolCall call;
  final Gathered text = new Gathered(64);
  final Gathered refusal = new Gathered(0);
  final Gathered logprobs = new Gathered(0);
  private final Gathered annotations = new Gathered(0);
  private int sources;
  private String sealed = "";

  private Item(Sort sort, String number, int index, @Nullable ToolCall call) {
    this.sort = sort;
    this.id = sort.prefix + number + "_" + index;
    this.index = index;
    this.call = call;
  }

  /** One that is complete, as its target wrote it. */
  static Item ready(byte[] json, int index) {
    var item = new Item(Sort.READY, "", index, null);
    item.text.add(json, 0, json.length, _ -> {}); // Counted by the caller.
    return item;
  }

  static Item of(Kind kind, boolean summary, String number, int index) {
    Sort thinking = summary ? Sort.SUMMARY : Sort.THINKING;
    return new Item(kind == Kind.REASONING ? thinking : Sort.MESSAGE, number, index, null);
  }

  static Item of(ToolCall first, String number, int index) {
    return new Item(first.custom() ? Sort.CUSTOM : Sort.CALL, number, index, first);
  }

  /** Whether a piece belongs to it. */
  boolean takes(ToolCall piece) {
    return call != null && call.index() == piece.index();
  }

  /** Whether text of a kind belongs to it. */
  boolean takes(Kind kind) {
    return call == null && sealed.isEmpty() && (kind == Kind.REASONING) == (sort != Sort.MESSAGE);
  }

  /** Ends the thinking with what its server wants back. */
  void seal(String its) {
    sealed = its;
  }

  /** Adds a source of its text; returns its place among them. */
  int source(byte[] json, LongConsumer grows) {
    if (sources > 0) {
      annotations.add(new byte[] {','}, 0, 1, grows);
    }
    annotations.add(json, 0, json.length, grows);
    return sources++;
  }

  void logprobs(byte[] entries, LongConsumer grows) {
    if (logprobs.size() > 0) {
      logprobs.add(new byte[] {','}, 0, 1, grows);
    }
    logprobs.add(entries, 0, entries.length, grows);
  }

  /** Writes the item as far as it has come. */
  void write(ByteBuf out, String status) {
    switch (sort) {
      case MESSAGE -> {
        Ascii.write(out, "{\"type\":\"message\",\"id\":\"" + id + "\",\"status\":\"" + status);
        Ascii.write(out, "\",\"role\":\"assistant\",\"content\":[");
        content(out);
        Ascii.write(out, "]}");
      }
      case THINKING, SUMMARY -> thinking(out);
      case CALL, CUSTOM -> call(out, status);
      case READY -> text.to(out);
    }
  }

  private void content(ByteBuf out) {
    if (text.size() > 0) {
      textPart(out);
    }
    if (refusal.size() > 0) {
      Ascii.write(out, text.size() > 0 ? "," : "");
      refusalPart(out);
    }
  }

  void textPart(ByteBuf out) {
    Ascii.write(out, "{\"type\":\"output_text\",\"text\":\"");
    text.to(out);
    Ascii.write(out, "\",\"annotations\":[");
    annotations.to(out);
    Ascii.write(out, "],\"logprobs\":[");
    logprobs.to(out);
    Ascii.write(out, "]}");
  }

  void refusalPart(ByteBuf out) {
    Ascii.write(out, "{\"type\":\"refusal\",\"refusal\":\"");
    refusal.to(out);
    Ascii.write(out, "\"}");
  }

  void thinkingPart(ByteBuf out) {
    Ascii.write(out, "{\"type\":\"" + (sort == Sort.SUMMARY ? "summary_text" : "reasoning_text"));
    Ascii.write(out, "\",\"text\":\"");
    text.to(out);
    Ascii.write(out, "\"}");
  }

  private void thinking(ByteBuf out) {
    Ascii.write(out, "{\"type\":\"reasoning\",\"id\":\"" + id + "\",\"summary\":[");
    Ascii.write(out, sort == Sort.SUMMARY ? "" : "],\"content\":[");
    if (text.size() > 0) {
      thinkingPart(out);
    }
    Ascii.write(out, "]");
    if (!sealed.isEmpty()) {
      Ascii.write(out, ",\"encrypted_content\":\"");
      out.writeBytes(JsonText.escape(sealed)).writeByte('"');
    }
    Ascii.write(out, "}");
  }

  private void call(ByteBuf out, String status) {
    boolean custom = sort == Sort.CUSTOM;
    Ascii.write(out, "{\"type\":\"" + (custom ? "custom_tool_call" : "function_call"));
    Ascii.write(out, "\",\"id\":\"" + id + "\",\"call_id\":\"");
    if (call != null) {
      out.writeBytes(
          call.index() < 0 ? Ascii.bytes("call_" + id) : CallIds.told(call.id(), call.more()));
      Ascii.write(out, "\",\"name\":\"");
      out.writeBytes(call.name());
    }
    Ascii.write(out, custom ? "\",\"input\":\"" : "\",\"arguments\":\"");
    text.to(out);
    Ascii.write(out, "\",\"status\":\"" + status + "\"}");
  }

  void name(ByteBuf out) {
    if (call != null) {
      out.writeBytes(call.name());
    }
  }
}
