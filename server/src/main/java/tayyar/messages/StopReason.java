package tayyar.messages;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.wire.Ascii;

/**
 * Why a message ended. A message with calls ends for them, whatever the target calls it: clients
 * run no tool otherwise.
 */
final class StopReason {
  private FinishReason reason = FinishReason.STOP;
  private byte @Nullable [] sequence;
  private boolean calls;
  private boolean refused;

  void called() {
    calls = true;
  }

  void refused() {
    refused = true;
  }

  void ended(FinishReason by) {
    reason = by;
  }

  /** Some targets name the stop string that they met. */
  void member(Part.Member member) {
    if (member.name().equals("stop_reason") && member.json()[0] == '"') {
      sequence = member.json();
    }
  }

  private String word() {
    return switch (reason) {
      case LENGTH -> "max_tokens";
      case CONTENT_FILTER -> "refusal";
      case TOOL_CALLS, FUNCTION_CALL -> "tool_use";
      case STOP ->
          calls
              ? "tool_use"
              : refused ? "refusal" : sequence == null ? "end_turn" : "stop_sequence";
    };
  }

  /** Writes both members. */
  void write(ByteBuf out) {
    String word = word();
    Ascii.write(out, "\"stop_reason\":\"" + word + "\",\"stop_sequence\":");
    if (word.equals("stop_sequence") && sequence != null) {
      out.writeBytes(sequence);
    } else {
      Ascii.write(out, "null");
    }
  }
}
