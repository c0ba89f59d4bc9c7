package tayyar.openai;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.dialect.Answer;
import tayyar.dialect.Reply;
import tayyar.wire.Ascii;

/** An answer as one JSON document, collected from the same deltas a stream is made of. */
final class WholeAnswer implements Answer {
  private static final byte[] ID = Ascii.bytes("{\"id\":\"");
  private static final byte[] CHAT = Ascii.bytes("\",\"object\":\"chat.completion\",\"created\":");
  private static final byte[] COMPLETION =
      Ascii.bytes("\",\"object\":\"text_completion\",\"created\":");
  private static final byte[] MODEL = Ascii.bytes(",\"model\":\"");
  private static final byte[] CHOICES = Ascii.bytes("\",\"choices\":[");
  private static final byte[] INDEX = Ascii.bytes("{\"index\":");
  private static final byte[] MESSAGE =
      Ascii.bytes(",\"message\":{\"role\":\"assistant\",\"content\":");
  private static final byte[] REFUSAL = Ascii.bytes(",\"refusal\":");
  private static final byte[] NO_REFUSAL = Ascii.bytes(",\"refusal\":null");
  private static final byte[] LOGPROBS = Ascii.bytes("},\"logprobs\":");
  private static final byte[] FINISH_REASON = Ascii.bytes(",\"finish_reason\":\"");
  private static final byte[] USAGE = Ascii.bytes(",\"usage\":");
  private static final String FUNCTION = "\",\"type\":\"function\",\"function\":{\"name\":\"";
  private static final String CUSTOM = "\",\"type\":\"custom\",\"custom\":{\"name\":\"";
  private static final byte[] NULL = Ascii.bytes("null");

  /** The end of one choice. */
  private record Finish(int choice, FinishReason reason) {}

  private final Reply reply;
  private final String id;
  private final long created;
  private final int bytesMax;
  private final boolean chat;
  private final Held held;
  private final List<Finish> finishes = new ArrayList<>(1);
  private String model;
  private boolean headOut;
  private @Nullable Cost cost;

  WholeAnswer(
      Reply reply, String id, long created, String model, int bytesMax, boolean chat, Room room) {
    this.reply = reply;
    this.id = id;
    this.created = created;
    this.model = model;
    this.bytesMax = bytesMax;
    this.chat = chat;
    this.held = new Held(room::need);
  }

  @Override
  public void model(String name) {
    model = name;
  }

  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {
    makeRoom(to - from);
    held.append(choice, kind, json, from, to);
  }

  @Override
  public void part(int choice, Part part) {
    switch (part) {
      case ToolCall piece -> {
        makeRoom(piece.arguments().length + piece.more().length);
        held.append(choice, piece);
      }
      case Part.Logprobs(Kind of, byte[] entries) -> {
        makeRoom(entries.length);
        held.logprobs(choice, of, entries);
      }
      case Part.Member member -> {
        makeRoom(member.json().length);
        held.append(choice, member);
      }
      case Part.Vector _ -> throw new IllegalStateException("no vector was asked for");
    }
  }

  private void makeRoom(int more) {
    if (held.bytes() + more > bytesMax) {
      throw new Refused(new ApiError.UnreadableAnswer("it is larger than " + bytesMax + " bytes."));
    }
  }

  @Override
  public void finish(int choice, FinishReason reason) {
    finishes.add(new Finish(choice, reason));
  }

  @Override
  public boolean headOut() {
    return headOut;
  }

  @Override
  public void cost(Usage of, Cost its) {
    cost = its;
  }

  @Override
  public ChannelFuture complete(Usage usage) {
    headOut = true;
    ByteBuf out = reply.events();
    out.writeBytes(ID);
    ascii(out, id);
    out.writeBytes(chat ? CHAT : COMPLETION);
    Ascii.write(out, created);
    out.writeBytes(MODEL).writeBytes(JsonText.escape(model)).writeBytes(CHOICES);
    boolean first = true;
    for (Finish finish : finishes) {
      if (!first) {
        out.writeByte(',');
      }
      first = false;
      if (chat) {
        choice(out, finish);
      } else {
        text(out, finish);
      }
    }
    out.writeByte(']');
    members(out, 0, Place.ANSWER);
    out.writeBytes(USAGE);
    Chunks.usageJson(out, usage, cost);
    out.writeByte('}');
    return reply.whole(out);
  }

  @Override
  public ChannelFuture fail(ApiError error) {
    headOut = true;
    return reply.error(error);
  }

  private void choice(ByteBuf out, Finish finish) {
    int choice = finish.choice();
    out.writeBytes(INDEX);
    Ascii.write(out, choice);
    out.writeBytes(MESSAGE);
    Held.Text content = held.find(choice, Kind.CONTENT);
    Held.Text refusal = held.find(choice, Kind.REFUSAL);
    List<Held.Call> calls = held.calls(choice);
    if (content == null && refusal == null && calls.isEmpty()) {
      out.writeByte('"').writeByte('"');
    } else {
      string(out, content == null || content.json.end == 0 ? null : content);
    }
    toolCalls(out, calls);
    Held.Text reasoning = held.find(choice, Kind.REASONING);
    if (reasoning != null) {
      ascii(out, ",\"reasoning_content\":");
      string(out, reasoning);
    }
    if (refusal == null) {
      out.writeBytes(NO_REFUSAL);
    } else {
      out.writeBytes(REFUSAL);
      string(out, refusal);
    }
    members(out, choice, Place.MESSAGE);
    out.writeBytes(LOGPROBS);
    logprobs(out, content, refusal);
    end(out, finish);
  }

  private static void logprobs(
      ByteBuf out, Held.@Nullable Text content, Held.@Nullable Text refusal) {
    boolean ofContent = content != null && content.logprobs.end > 0;
    boolean ofRefusal = refusal != null && refusal.logprobs.end > 0;
    if (!ofContent && !ofRefusal) {
      out.writeBytes(NULL);
      return;
    }
    ascii(out, "{\"content\":");
    entries(out, ofContent ? content : null);
    ascii(out, ",\"refusal\":");
    entries(out, ofRefusal ? refusal : null);
    out.writeByte('}');
  }

  private static void entries(ByteBuf out, Held.@Nullable Text of) {
    if (of == null) {
      out.writeBytes(NULL);
    } else {
      out.writeByte('[').writeBytes(of.logprobs.bytes, 0, of.logprobs.end).writeByte(']');
    }
  }

  /** Lists of one name that came in parts are one list; of all else the last counts. */
  private void members(ByteBuf out, int choice, Place place) {
    if (held.members().isEmpty()) {
      return;
    }
    Map<String, List<byte[]>> byName = new LinkedHashMap<>();
    for (Held.Member member : held.members()) {
      if (member.its().place() == place && (place == Place.ANSWER || member.choice() == choice)) {
        byName
            .computeIfAbsent(member.its().name(), _ -> new ArrayList<>(1))
            .add(member.its().json());
      }
    }
    byName.forEach((name, values) -> member(out, name, values));
  }

  private static void member(ByteBuf out, String name, List<byte[]> values) {
    ascii(out, ",\"" + name + "\":");
    if (values.size() == 1 || !values.stream().allMatch(value -> value[0] == '[')) {
      out.writeBytes(values.getLast());
      return;
    }
    int before = '[';
    for (byte[] value : values) {
      out.writeByte(before).writeBytes(value, 1, value.length - 2);
      before = ',';
    }
    out.writeByte(']');
  }

  private void end(ByteBuf out, Finish finish) {
    members(out, finish.choice(), Place.CHOICE);
    out.writeBytes(FINISH_REASON);
    ascii(out, finish.reason().wire());
    out.writeByte('"').writeByte('}');
  }

  /** A choice of a completion. */
  private void text(ByteBuf out, Finish finish) {
    out.writeBytes(INDEX);
    Ascii.write(out, finish.choice());
    ascii(out, ",\"text\":");
    Held.Text text = held.find(finish.choice(), Kind.CONTENT);
    if (text == null) {
      ascii(out, "\"\"");
    } else {
      string(out, text);
    }
    ascii(out, ",\"logprobs\":");
    if (text == null || text.logprobs.end == 0) {
      ascii(out, "null");
    } else {
      TextLogprobs.write(out, text.logprobs.copy());
    }
    end(out, finish);
  }

  private static void toolCalls(ByteBuf out, List<Held.Call> calls) {
    String before = ",\"tool_calls\":[";
    for (Held.Call call : calls) {
      boolean older = call.first.index() < 0;
      ascii(out, older ? ",\"function_call\":{\"name\":\"" : before + "{\"id\":\"");
      if (!older) {
        out.writeBytes(call.first.id());
        ascii(out, call.first.custom() ? CUSTOM : FUNCTION);
      }
      out.writeBytes(call.first.name());
      ascii(out, call.first.custom() ? "\",\"input\":\"" : "\",\"arguments\":\"");
      out.writeBytes(call.arguments.bytes, 0, call.arguments.end);
      ascii(out, "\"}");
      if (!older) {
        out.writeBytes(call.more.bytes, 0, call.more.end).writeByte('}');
      }
      before = older ? before : ",";
    }
    if (before.equals(",")) {
      out.writeByte(']');
    }
  }

  private static void string(ByteBuf out, Held.@Nullable Text text) {
    if (text == null) {
      out.writeBytes(NULL);
      return;
    }
    out.writeByte('"').writeBytes(text.json.bytes, 0, text.json.end).writeByte('"');
  }

  private static void ascii(ByteBuf out, String text) {
    Ascii.write(out, text);
  }
}
