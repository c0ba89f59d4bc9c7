package tayyar.messages;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tayyar.api.Part;
import tayyar.api.Part.Native.Step;
import tayyar.api.Usage;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.wire.Ascii;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The end of a message: the target's own words where it speaks this language, else what follows of
 * the rest.
 */
final class NativeEnd {
  /** What stands beside the delta in an event, not in it. */
  private static final String ASIDE = "context_management";

  private static final byte[] CITATION = Ascii.bytes("{\"type\":\"citations_delta\"");
  private static final byte[] SIGNATURE = Ascii.bytes("{\"type\":\"signature_delta\"");

  private byte @Nullable [] end;
  private byte @Nullable [] usage;

  /** Whether it goes on with a text. */
  static boolean isOfText(Part.Native part) {
    return begins(part, CITATION);
  }

  /** Whether it goes on with thinking. */
  static boolean isOfThinking(Part.Native part) {
    return begins(part, SIGNATURE);
  }

  private static boolean begins(Part.Native part, byte[] with) {
    byte[] json = part.json();
    int length = Math.min(json.length, with.length);
    return Arrays.equals(json, 0, length, with, 0, with.length);
  }

  /** Keeps the target's words. */
  void told(Part.Native part) {
    if (part.step() == Step.END) {
      end = part.json();
    } else {
      usage = part.json();
    }
  }

  /** Writes the members of {@code message_delta}, each with a comma before it. */
  void event(ByteBuf out, StopReason stop, Usage tokens) {
    Ascii.write(out, ",\"delta\":");
    JsonNode aside = null;
    if (end == null) {
      Ascii.write(out, "{");
      stop.write(out);
      Ascii.write(out, "}");
    } else {
      var delta = (ObjectNode) LooseJson.tree(end, 0, end.length);
      aside = delta.remove(ASIDE);
      out.writeBytes(JsonBody.bytes(delta));
    }
    Ascii.write(out, ",\"usage\":");
    usage(out, tokens);
    if (aside != null) {
      Ascii.write(out, ",\"" + ASIDE + "\":");
      out.writeBytes(JsonBody.bytes(aside));
    }
  }

  /** Writes the last members of a message. */
  void document(ByteBuf out, StopReason stop, Usage tokens) {
    if (end == null) {
      stop.write(out);
    } else {
      out.writeBytes(end, 1, end.length - 2);
    }
    Ascii.write(out, ",\"usage\":");
    usage(out, tokens);
  }

  private void usage(ByteBuf out, Usage tokens) {
    if (usage == null || tokens.estimated()) {
      MessagesDocument.usage(out, tokens);
    } else {
      out.writeBytes(usage);
    }
  }
}
