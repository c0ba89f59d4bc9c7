package tayyar.openai;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.api.Sink.Kind;
import tayyar.dialect.CollectedAnswer;
import tayyar.dialect.CollectedAnswer.Collected;
import tayyar.dialect.CollectedAnswer.Finish;
import tayyar.dialect.Held;
import tayyar.wire.Ascii;

/** The document of a chat, or of a completion. */
final class ChatDocument implements CollectedAnswer.Form {
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

  private final String id;
  private final long created;
  private final boolean chat;

  ChatDocument(String id, long created, boolean chat) {
    this.id = id;
    this.created = created;
    this.chat = chat;
  }

  @Override
  public void write(ByteBuf out, Collected answer) {
    out.writeBytes(ID);
    ascii(out, id);
    out.writeBytes(chat ? CHAT : COMPLETION);
    Ascii.write(out, created);
    out.writeBytes(MODEL).writeBytes(JsonText.escape(answer.model())).writeBytes(CHOICES);
    boolean first = true;
    for (Finish finish : answer.finishes()) {
      if (!first) {
        out.writeByte(',');
      }
      first = false;
      if (chat) {
        choice(out, answer.held(), finish);
      } else {
        text(out, answer.held(), finish);
      }
    }
    out.writeByte(']');
    members(out, answer.held(), 0, Place.ANSWER);
    out.writeBytes(USAGE);
    Chunks.usageJson(out, answer.usage(), answer.cost());
    out.writeByte('}');
  }

  private static void choice(ByteBuf out, Held held, Finish finish) {
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
      string(out, content == null || content.json().size() == 0 ? null : content);
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
    members(out, held, choice, Place.MESSAGE);
    out.writeBytes(LOGPROBS);
    logprobs(out, content, refusal);
    end(out, held, finish);
  }

  private static void logprobs(
      ByteBuf out, Held.@Nullable Text content, Held.@Nullable Text refusal) {
    boolean ofContent = content != null && content.logprobs().size() > 0;
    boolean ofRefusal = refusal != null && refusal.logprobs().size() > 0;
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
      out.writeByte('[');
      of.logprobs().to(out);
      out.writeByte(']');
    }
  }

  /** Lists of one name that came in parts are one list; of all else the last counts. */
  private static void members(ByteBuf out, Held held, int choice, Place place) {
    Map<String, List<byte[]>> byName = Map.of();
    for (Held.Entry entry : held.entries()) {
      if (entry instanceof Held.Member(int of, Part.Member its)
          && its.place() == place
          && (place == Place.ANSWER || of == choice)) {
        byName = byName.isEmpty() ? new LinkedHashMap<>() : byName;
        byName.computeIfAbsent(its.name(), _ -> new ArrayList<>(1)).add(its.json());
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

  private static void end(ByteBuf out, Held held, Finish finish) {
    members(out, held, finish.choice(), Place.CHOICE);
    out.writeBytes(FINISH_REASON);
    ascii(out, finish.reason().wire());
    out.writeByte('"').writeByte('}');
  }

  /** A choice of a completion. */
  private static void text(ByteBuf out, Held held, Finish finish) {
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
    if (text == null || text.logprobs().size() == 0) {
      ascii(out, "null");
    } else {
      TextLogprobs.write(out, text.logprobs().copy());
    }
    end(out, held, finish);
  }

  private static void toolCalls(ByteBuf out, List<Held.Call> calls) {
    String before = ",\"tool_calls\":[";
    for (Held.Call call : calls) {
      boolean older = call.first().index() < 0;
      ascii(out, older ? ",\"function_call\":{\"name\":\"" : before + "{\"id\":\"");
      if (!older) {
        out.writeBytes(call.first().id());
        ascii(out, call.first().custom() ? CUSTOM : FUNCTION);
      }
      out.writeBytes(call.first().name());
      ascii(out, call.first().custom() ? "\",\"input\":\"" : "\",\"arguments\":\"");
      call.arguments().to(out);
      ascii(out, "\"}");
      if (!older) {
        call.more().to(out);
        out.writeByte('}');
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
    out.writeByte('"');
    text.json().to(out);
    out.writeByte('"');
  }

  private static void ascii(ByteBuf out, String text) {
    Ascii.write(out, text);
  }
}
