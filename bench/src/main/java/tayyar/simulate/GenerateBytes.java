package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.simulate.Calls.CallPiece;

/**
 * The bytes of an answer in Google's API: each chunk has the form of a whole answer, tells the
 * tokens so far, and has no name; calls come whole, and nothing marks the end but a reason.
 *
 * @see <a href="https://ai.google.dev/api/generate-content">Generating content</a>
 */
final class GenerateBytes extends ResponseBytes {
  private static final Map<String, String> REASONS =
      Map.of(
          "stop", "STOP", "length", "MAX_TOKENS", "tool_calls", "STOP", "content_filter", "SAFETY");

  private static final Map<Integer, String> STATUSES =
      Map.of(
          400, "INVALID_ARGUMENT",
          401, "UNAUTHENTICATED",
          403, "PERMISSION_DENIED",
          404, "NOT_FOUND",
          429, "RESOURCE_EXHAUSTED",
          500, "INTERNAL",
          503, "UNAVAILABLE",
          504, "DEADLINE_EXCEEDED");

  private static final String TOLD = "The simulator was told to fail.";

  private final ScriptedResponse scripted;
  private final int thoughts;
  private int said;

  GenerateBytes(ScriptedResponse scripted) {
    super(scripted);
    this.scripted = scripted;
    this.thoughts = Math.max(0, scripted.script().number(Word.REASONING));
    this.said = scripted.from();
  }

  @Override
  ByteBuf first(ByteBufAllocator buffers) {
    return Unpooled.EMPTY_BUFFER;
  }

  @Override
  ByteBuf token(ByteBufAllocator buffers, byte[] text, boolean reasoning) {
    said++;
    return chunk(buffers, text(new String(text, UTF_8), reasoning), "");
  }

  @Override
  ByteBuf lastToken(ByteBufAllocator buffers, byte[] text) {
    said++;
    return chunk(buffers, text(new String(text, UTF_8), false), reason());
  }

  @Override
  ByteBuf call(ByteBufAllocator buffers, int token, @Nullable String finish) {
    said++;
    List<CallPiece> pieces = scripted.calls().pieces();
    int at = token - scripted.calls().from();
    boolean whole = at + 1 == pieces.size() || !pieces.get(at + 1).id().isEmpty();
    return whole ? chunk(buffers, call(at), finish == null ? "" : reason()) : Unpooled.EMPTY_BUFFER;
  }

  /** The call whose last piece stands at this place. */
  private String call(int last) {
    List<CallPiece> pieces = scripted.calls().pieces();
    StringBuilder arguments = new StringBuilder();
    CallPiece first = pieces.get(last);
    for (int i = last; first.id().isEmpty(); i--) {
      first = pieces.get(i);
      arguments.insert(0, first.arguments());
    }
    // Of calls in parallel only the first one is signed.
    return "{\"functionCall\":{\"id\":\""
        + first.id()
        + "\",\"name\":\""
        + first.name()
        + "\",\"args\":"
        + Calls.json(arguments.toString())
        + "}"
        + (first.index() == 0 ? "," + signature() : "")
        + "}";
  }

  @Override
  ByteBuf finish(ByteBufAllocator buffers) {
    String signed =
        thoughts > 0 && !scripted.calls().any() ? "{\"text\":\"\"," + signature() + "}" : "";
    return chunk(buffers, signed, reason());
  }

  /** The tokens come with the reason. */
  @Override
  ByteBuf usage(ByteBufAllocator buffers, int tokens) {
    return Unpooled.EMPTY_BUFFER;
  }

  @Override
  ByteBuf done(ByteBufAllocator buffers) {
    return Unpooled.EMPTY_BUFFER;
  }

  @Override
  ByteBuf error(ByteBufAllocator buffers) {
    String code = scripted.script().name(Word.CODE, "500");
    return data(
        buffers, code.matches("[0-9]{3}") ? error(Integer.parseInt(code)) : error(500, code, TOLD));
  }

  /** An error's document. */
  static String error(int status) {
    return error(status, STATUSES.getOrDefault(status, "UNKNOWN"), TOLD);
  }

  /** The same of what the server would not take. */
  static String refusal(String why) {
    return error(400, "INVALID_ARGUMENT", why);
  }

  private static String error(int code, String status, String message) {
    return "{\"error\":{\"code\":"
        + code
        + ",\"message\":\""
        + new String(JsonString.escape(message), UTF_8)
        + "\",\"status\":\""
        + status
        + "\"}}";
  }

  private static String text(String inside, boolean thought) {
    return "{\"text\":\"" + inside + "\"" + (thought ? ",\"thought\":true}" : "}");
  }

  /** A signature that depends on what was said: any bytes as base64. */
  private String signature() {
    int of = Math.abs(Arrays.hashCode(scripted.speech().token(0)) % 9_000);
    return "\"thoughtSignature\":\"c2l+/" + (1_000 + of) + "A==\"";
  }

  private String reason() {
    String word = scripted.finish();
    return ",\"finishReason\":\"" + REASONS.getOrDefault(word, word) + "\"";
  }

  private ByteBuf chunk(ByteBufAllocator buffers, String parts, String reason) {
    return data(buffers, answer(parts, reason, said - scripted.from()));
  }

  private String answer(String parts, String reason, int tokens) {
    String content = "{\"parts\":[" + parts + "],\"role\":\"model\"}";
    return "{\"candidates\":[{\"content\":"
        + (parts.isEmpty() ? "{\"role\":\"model\"}" : content)
        + reason
        + ",\"index\":0}]"
        + usage(tokens)
        + ",\"modelVersion\":\""
        + new String(JsonString.escape(scripted.model()), UTF_8)
        + "\",\"responseId\":\""
        + scripted.id()
        + "\"}";
  }

  private String usage(int tokens) {
    if (!scripted.usageWanted()) {
      return "";
    }
    int thought = Math.min(tokens, thoughts);
    return ",\"usageMetadata\":{\"promptTokenCount\":"
        + scripted.promptTokens()
        + (tokens == thought ? "" : ",\"candidatesTokenCount\":" + (tokens - thought))
        + (thought == 0 ? "" : ",\"thoughtsTokenCount\":" + thought)
        + ",\"totalTokenCount\":"
        + (scripted.promptTokens() + tokens)
        + "}";
  }

  /** The answer that is no stream. */
  String whole() {
    StringBuilder thought = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (int i = scripted.from(); i < Math.min(scripted.tokens(), scripted.calls().from()); i++) {
      (i < thoughts ? thought : text).append(new String(scripted.speech().token(i), UTF_8));
    }
    StringBuilder parts = new StringBuilder();
    if (!thought.isEmpty()) {
      parts.append(text(thought.toString(), true));
    }
    if (!text.isEmpty()) {
      boolean signed = thoughts > 0 && !scripted.calls().any();
      parts.append(parts.isEmpty() ? "" : ",");
      parts.append("{\"text\":\"").append(text).append(signed ? "\"," + signature() + "}" : "\"}");
    }
    List<CallPiece> pieces = scripted.calls().pieces();
    for (int i = 0; i < scripted.tokens() - scripted.calls().from(); i++) {
      if (i + 1 == pieces.size() || !pieces.get(i + 1).id().isEmpty()) {
        parts.append(parts.isEmpty() ? "" : ",").append(call(i));
      }
    }
    return answer(parts.toString(), reason(), scripted.tokens() - scripted.from());
  }
}
