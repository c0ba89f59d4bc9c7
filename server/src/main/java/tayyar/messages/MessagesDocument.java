package tayyar.messages;

import io.netty.buffer.ByteBuf;
import tayyar.api.JsonText;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.dialect.CollectedAnswer;
import tayyar.dialect.CollectedAnswer.Collected;
import tayyar.dialect.CollectedAnswer.Finish;
import tayyar.dialect.Held;
import tayyar.wire.Ascii;

/** A message as one document. */
final class MessagesDocument implements CollectedAnswer.Form {
  private final String id;

  MessagesDocument(String id) {
    this.id = id;
  }

  @Override
  public void write(ByteBuf out, Collected answer) {
    Ascii.write(
        out, "{\"id\":\"" + id + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"");
    out.writeBytes(JsonText.escape(answer.model()));
    Ascii.write(out, "\",\"content\":[");
    var stop = new StopReason();
    String before = "";
    for (Held.Entry entry : answer.held().entries()) {
      before = block(out, entry, before, stop);
    }
    for (Finish finish : answer.finishes()) {
      stop.ended(finish.reason());
    }
    Ascii.write(out, "],");
    stop.write(out);
    Ascii.write(out, ",\"usage\":");
    usage(out, answer.usage());
    Ascii.write(out, "}");
  }

  /** Writes what is content of a message; returns what stands before the next. */
  private String block(ByteBuf out, Held.Entry entry, String before, StopReason stop) {
    return switch (entry) {
      case Held.Text text when text.json().size() > 0 -> {
        Ascii.write(out, before);
        text(out, text, stop);
        yield ",";
      }
      case Held.Call call -> {
        stop.called();
        Ascii.write(out, before);
        call(out, call);
        yield ",";
      }
      case Held.Member(_, var member) -> {
        stop.member(member);
        yield before;
      }
      case Held.Text _ -> before;
    };
  }

  private static void text(ByteBuf out, Held.Text text, StopReason stop) {
    boolean thinking = text.kind() == Kind.REASONING;
    if (text.kind() == Kind.REFUSAL) {
      stop.refused();
    }
    Ascii.write(
        out,
        thinking ? "{\"type\":\"thinking\",\"thinking\":\"" : "{\"type\":\"text\",\"text\":\"");
    text.json().to(out);
    Ascii.write(out, thinking ? "\",\"signature\":\"\"}" : "\"}");
  }

  private void call(ByteBuf out, Held.Call call) {
    Ascii.write(out, "{\"type\":\"tool_use\",\"id\":\"");
    out.writeBytes(call.first().index() < 0 ? Ascii.bytes("toolu_" + id) : call.first().id());
    Ascii.write(out, "\",\"name\":\"");
    out.writeBytes(call.first().name());
    Ascii.write(out, "\",\"input\":");
    out.writeBytes(Inputs.object(call.arguments().copy())).writeByte('}');
  }

  /**
   * Writes the usage object. Here the input's tokens are those that were not in a cache; everywhere
   * else in this gateway the cached ones are part of them.
   */
  static void usage(ByteBuf out, Usage usage) {
    int cached = Math.min(usage.cachedTokens(), usage.promptTokens());
    Ascii.write(out, "{\"input_tokens\":" + (usage.promptTokens() - cached));
    Ascii.write(out, ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":" + cached);
    Ascii.write(out, ",\"output_tokens\":" + usage.completionTokens() + "}");
  }
}
