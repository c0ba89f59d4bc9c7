package tayyar.messages;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.dialect.CollectedAnswer;
import tayyar.dialect.CollectedAnswer.Collected;
import tayyar.dialect.CollectedAnswer.Finish;
import tayyar.dialect.Held;
import tayyar.openai.CallIds;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.wire.Ascii;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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
    var end = new NativeEnd();
    var blocks = new Blocks(out, stop, end);
    answer.held().entries().forEach(blocks::add);
    blocks.close();
    for (Finish finish : answer.finishes()) {
      stop.ended(finish.reason());
    }
    Ascii.write(out, "],");
    end.document(out, stop, answer.usage());
    Ascii.write(out, "}");
  }

  /** Writes the blocks; text and thinking stay open for what else is told of them. */
  private final class Blocks {
    private final ByteBuf out;
    private final StopReason stop;
    private final NativeEnd end;
    private final List<JsonNode> citations = new ArrayList<>(0);
    private String before = "";
    private @Nullable Kind open;
    private byte[] signature = {'"', '"'};

    /** An open block of another kind, and what was told of it since. */
    private byte @Nullable [] other;

    private final List<JsonNode> deltas = new ArrayList<>(0);

    Blocks(ByteBuf out, StopReason stop, NativeEnd end) {
      this.out = out;
      this.stop = stop;
      this.end = end;
    }

    void add(Held.Entry entry) {
      switch (entry) {
        case Held.Text text when text.json().size() > 0 -> text(text);
        case Held.Call call -> {
          stop.called();
          begin();
          call(out, call);
        }
        case Held.Member(_, var member) -> stop.member(member);
        case Held.Native(_, var part) -> its(part);
        case Held.Text _ -> {}
      }
    }

    private void begin() {
      close();
      Ascii.write(out, before);
      before = ",";
    }

    private void text(Held.Text text) {
      if (text.kind() == Kind.REFUSAL) {
        stop.refused();
      }
      open(text.kind());
      text.json().to(out);
    }

    private void open(Kind kind) {
      if (open != kind) {
        begin();
        open = kind;
        Ascii.write(
            out,
            kind == Kind.REASONING
                ? "{\"type\":\"thinking\",\"thinking\":\""
                : "{\"type\":\"text\",\"text\":\"");
      }
    }

    private void its(Part.Native part) {
      switch (part.step()) {
        case BLOCK -> {
          begin();
          other = part.json();
        }
        case DELTA -> more(LooseJson.tree(part.json(), 0, part.json().length));
        case STOP -> close();
        case END, USAGE -> end.told(part);
      }
    }

    private void more(JsonNode delta) {
      if (other != null) {
        deltas.add(delta);
      } else if (delta.path("citation").isObject()) {
        open(Kind.CONTENT);
        citations.add(delta.path("citation"));
      } else if (delta.path("signature").isString()) {
        open(Kind.REASONING);
        signature = JsonBody.bytes(delta.path("signature"));
      }
    }

    private void close() {
      if (other != null) {
        out.writeBytes(deltas.isEmpty() ? other : whole(other, deltas));
        other = null;
        deltas.clear();
      }
      if (open != null) {
        Ascii.write(out, "\"");
      }
      if (open == Kind.REASONING) {
        Ascii.write(out, ",\"signature\":");
        out.writeBytes(signature);
        signature = Ascii.bytes("\"\"");
      }
      if (open != null) {
        if (!citations.isEmpty()) {
          Ascii.write(out, ",\"citations\":");
          out.writeBytes(JsonBody.bytes(JsonBody.array().addAll(citations)));
          citations.clear();
        }
        Ascii.write(out, "}");
      }
      open = null;
    }
  }

  /** A block with all that its deltas add to it, as clients put it together. */
  private static byte[] whole(byte[] begun, List<JsonNode> deltas) {
    ObjectNode block = JsonBody.object();
    members(LooseJson.tree(begun, 0, begun.length), block::set);
    var input = new StringBuilder();
    for (JsonNode delta : deltas) {
      input.append(delta.path("partial_json").asString(""));
      members(delta, (name, value) -> grow(block, name, value));
    }
    if (!input.isEmpty()) {
      block.set("input", JsonBody.read(Inputs.object(JsonText.escape(input.toString()))));
    }
    return JsonBody.bytes(block);
  }

  private static void members(JsonNode of, BiConsumer<String, JsonNode> to) {
    of.properties().forEach(member -> to.accept(member.getKey(), member.getValue()));
  }

  private static void grow(ObjectNode block, String name, JsonNode value) {
    if (value.isString() && block.path(name).isString() && !name.equals("type")) {
      block.put(name, block.path(name).asString() + value.asString());
    } else if (!name.equals("type") && !name.equals("partial_json")) {
      block.set(name, value);
    }
  }

  private void call(ByteBuf out, Held.Call call) {
    Ascii.write(out, "{\"type\":\"tool_use\",\"id\":\"");
    out.writeBytes(
        call.first().index() < 0
            ? Ascii.bytes("toolu_" + id)
            : CallIds.told(call.first().id(), call.first().more()));
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
    int writes = usage.cacheWrites();
    Ascii.write(out, "{\"input_tokens\":" + (usage.promptTokens() - cached - writes));
    Ascii.write(out, ",\"cache_creation_input_tokens\":" + writes);
    Ascii.write(out, ",\"cache_read_input_tokens\":" + cached);
    Ascii.write(out, ",\"output_tokens\":" + usage.completionTokens() + "}");
  }
}
