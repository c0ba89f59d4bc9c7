package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import tayyar.api.Refused;
import tayyar.wire.Ascii;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Ids of calls in languages whose calls have no place for {@code extra_content}. Gemini signs a
 * call there and refuses the next request without it. Clients send an id back as it is, so it is
 * told as a part of the id.
 */
public final class CallIds {
  private static final String MARK = "__extra_";
  private static final byte[] EXTRA = Ascii.bytes(",\"extra_content\":");

  /** Larger ones are left out. */
  private static final int EXTRA_BYTES_MAX = 16 * 1024;

  private CallIds() {}

  /**
   * Returns the id for a client.
   *
   * @param id the call's own: the inside of a JSON string
   * @param more its further members, as in {@link tayyar.api.ToolCall}
   */
  public static byte[] told(byte[] id, byte[] more) {
    if (!isExtra(more) || more.length > EXTRA_BYTES_MAX) {
      return id;
    }
    var told = new ByteArrayOutputStream(id.length + more.length * 2);
    told.writeBytes(id);
    told.writeBytes(Ascii.bytes(MARK));
    byte[] member = Arrays.copyOfRange(more, 1, more.length);
    told.writeBytes(Base64.getUrlEncoder().withoutPadding().encode(member));
    return told.toByteArray();
  }

  private static boolean isExtra(byte[] more) {
    int length = Math.min(more.length, EXTRA.length);
    return Arrays.equals(more, 0, length, EXTRA, 0, EXTRA.length);
  }

  /** Returns the call's own id, of one that a client has sent. */
  public static JsonNode own(JsonNode id) {
    int mark = id.asString("").indexOf(MARK);
    return mark < 0 ? id : JsonBody.string(id.asString().substring(0, mark));
  }

  /** Gives a call of a chat its own id, and what was told as a part of it. */
  public static void restore(ObjectNode call, JsonNode id) {
    call.set("id", own(id));
    int mark = id.asString("").indexOf(MARK);
    if (mark >= 0) {
      String told = id.asString().substring(mark + MARK.length());
      try {
        String member = new String(Base64.getUrlDecoder().decode(told), UTF_8);
        JsonNode extra = JsonBody.read(("{" + member + "}").getBytes(UTF_8)).path("extra_content");
        if (extra.isObject()) {
          call.set("extra_content", extra);
        }
      } catch (IllegalArgumentException | Refused e) {
        // Not ours, or clipped: a call without it is still one.
      }
    }
  }
}
