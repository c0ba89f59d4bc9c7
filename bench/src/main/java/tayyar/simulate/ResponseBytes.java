package tayyar.simulate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one answer. The parts that all chunks share are made once; a token costs one buffer.
 */
class ResponseBytes {
  private static final byte[] CRLF = {'\r', '\n'};

  private final ScriptedResponse scripted;
  private final String head;
  private final String tail;
  private final ResponseMembers members;
  private final byte[] contentHead;
  private final byte[] reasoningHead;
  private final byte[] contentTail;
  private final String lineEnd;
  private final String eventHead;
  private final boolean chunked;

  /** The bytes of an answer that has not begun, in the language of its request. */
  static ResponseBytes of(ScriptedResponse scripted) {
    return switch (scripted.operation()) {
      case MESSAGES -> new MessageBytes(scripted);
      case GENERATE -> new GenerateBytes(scripted);
      case RESPONSES -> new ItemBytes(scripted);
      default -> new ResponseBytes(scripted);
    };
  }

  /** The bytes of an answer that has not begun. */
  ResponseBytes(ScriptedResponse scripted) {
    this.scripted = scripted;
    Script script = scripted.script();
    this.chunked = scripted.chunked();
    lineEnd = script.has(Word.CRLF) ? "\r\n" : "\n";
    eventHead = eventHead(script);
    head =
        "{\"id\":\""
            + scripted.id()
            + "\",\"object\":\""
            + (scripted.chat() ? "chat.completion.chunk" : "text_completion")
            + "\",\"created\":1767225600,\"model\":\""
            + new String(JsonString.escape(scripted.model()), UTF_8)
            + "\",\"choices\":[";
    members = scripted.members();
    tail = "]" + extras(script) + members.behindChoices() + "}";
    String role = script.has(Word.ROLEEVERY) ? "\"role\":\"assistant\"," : "";
    String begin = eventHead + head + "{\"index\":0,";
    String delta = begin + "\"delta\":{" + role;
    contentHead =
        (scripted.chat() ? delta + "\"content\":\"" : begin + "\"text\":\"").getBytes(UTF_8);
    reasoningHead = (delta + "\"reasoning_content\":\"").getBytes(UTF_8);
    String close = scripted.chat() ? "\"}," + members.beforeReason() : "\",\"logprobs\":null,";
    String reason = "\"finish_reason\":null" + members.behindReason() + "}";
    contentTail = (close + reason + tail + lineEnd + lineEnd).getBytes(UTF_8);
  }

  private String eventHead(Script script) {
    String comment = script.has(Word.COMMENTS) ? ": still here" + lineEnd + lineEnd : "";
    String id = script.has(Word.IDFIELD) ? "id: 7" + lineEnd : "";
    return comment + id + (script.has(Word.NOSPACE) ? "data:" : "data: ");
  }

  private String extras(Script script) {
    String error = script.has(Word.ERRORNULL) ? ",\"error\":null" : "";
    return script.has(Word.USAGEEVERY) ? error + ",\"usage\":" + members.usage(3, 1) : error;
  }

  /** A token's event. */
  ByteBuf token(ByteBufAllocator buffers, byte[] text, boolean reasoning) {
    byte[] begin = reasoning ? reasoningHead : contentHead;
    int length = begin.length + text.length + contentTail.length;
    ByteBuf out = buffers.ioBuffer(length + 12);
    size(out, length);
    return end(out.writeBytes(begin).writeBytes(text).writeBytes(contentTail));
  }

  /** What comes before the first token; nothing in a completion. */
  ByteBuf first(ByteBufAllocator buffers) {
    if (!scripted.chat()) {
      return Unpooled.EMPTY_BUFFER;
    }
    String content = scripted.script().has(Word.NULLCONTENT) ? "null" : "\"\"";
    String delta = "{\"role\":\"assistant\",\"content\":" + content + "}";
    String choice =
        "{\"index\":0,\"delta\":"
            + delta
            + ","
            + members.beforeReason()
            + "\"finish_reason\":null}";
    String end = tail.substring(0, tail.length() - 1) + members.behindFirst() + "}";
    return data(buffers, head + choice + end);
  }

  /**
   * A piece of a call.
   *
   * @param finish why the answer ends with it, or null
   */
  ByteBuf call(ByteBufAllocator buffers, int token, @Nullable String finish) {
    return choice(buffers, scripted.calling(token), finish);
  }

  /** The last text, with the reason for its end. */
  ByteBuf lastToken(ByteBufAllocator buffers, byte[] text) {
    return choice(buffers, scripted.saying(text), scripted.finish());
  }

  /** Why the answer ends. */
  ByteBuf finish(ByteBufAllocator buffers) {
    return choice(buffers, scripted.silence(), scripted.finish());
  }

  /** The mark of the end. */
  ByteBuf done(ByteBufAllocator buffers) {
    return data(buffers, "[DONE]");
  }

  /** An error in the middle of the answer, the end of it. */
  ByteBuf error(ByteBufAllocator buffers) {
    return Unpooled.wrappedBuffer(data(buffers, scripted.errorEvent()), done(buffers));
  }

  /** A chunk with one choice. */
  private ByteBuf choice(ByteBufAllocator buffers, String saying, @Nullable String finish) {
    String behind =
        finish == null
            ? "null" + members.behindReason()
            : "\"" + finish + "\"" + members.behindFinish();
    String reason = members.beforeReason() + "\"finish_reason\":" + behind;
    return chunk(buffers, "{\"index\":0," + saying + "," + reason + "}");
  }

  /** A chunk whose choices are given as JSON. */
  ByteBuf chunk(ByteBufAllocator buffers, String choices) {
    return data(buffers, head + choices + tail);
  }

  /** The chunk of usage that follows the last choice. */
  ByteBuf usage(ByteBufAllocator buffers, int tokens) {
    String usage = members.usage(scripted.promptTokens(), tokens);
    return data(buffers, head + "],\"usage\":" + usage + "}");
  }

  /** An event with any data. */
  ByteBuf data(ByteBufAllocator buffers, String data) {
    return data(buffers, data, "");
  }

  private ByteBuf data(ByteBufAllocator buffers, String data, String name) {
    int at = eventHead.lastIndexOf("data:");
    String line = eventHead.substring(0, at) + name + eventHead.substring(at);
    return raw(buffers, (line + data + lineEnd + lineEnd).getBytes(UTF_8));
  }

  /** An event with a name. */
  ByteBuf named(ByteBufAllocator buffers, String name, String data) {
    return data(buffers, data, "event: " + name + lineEnd);
  }

  /** A piece of the body as it is. */
  ByteBuf raw(ByteBufAllocator buffers, byte[] bytes) {
    ByteBuf out = buffers.ioBuffer(bytes.length + 12);
    size(out, bytes.length);
    return end(out.writeBytes(bytes));
  }

  private void size(ByteBuf out, int length) {
    if (chunked) {
      out.writeBytes(Integer.toHexString(length).getBytes(US_ASCII)).writeBytes(CRLF);
    }
  }

  private ByteBuf end(ByteBuf out) {
    return chunked ? out.writeBytes(CRLF) : out;
  }
}
