package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Refused;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;

/**
 * Writes the events of one stream in an API language, each whole. Used on the stream's event loop.
 * All but {@link #model} and the ends may throw {@link Refused} where the answer can't be told in
 * this language.
 */
public interface Events {
  /** The refusal of languages of blocks, each closed before the next begins. */
  static Refused mixed() {
    return new Refused(
        new ApiError.UnreadableAnswer("a tool call goes on after the next part has begun."));
  }

  /** Whether a call must have ended before something else begins. */
  default boolean areBlocks() {
    return false;
  }

  /** Sets the answering model; only before the first event of an answer. */
  void model(String name);

  /** Sets the tokens that are known before the first event. */
  default void usage(Usage soFar) {}

  /** A choice begins; called once for each, before all else of it. */
  void begin(ByteBuf out, int choice);

  /**
   * A piece of text, as in {@link tayyar.api.Sink#delta}.
   *
   * @param logprobs entries for its tokens, or null
   */
  void text(
      ByteBuf out,
      int choice,
      Kind kind,
      byte[] json,
      int from,
      int to,
      byte @Nullable [] logprobs);

  /**
   * A piece of a tool call, with the part of its arguments that is to go with it.
   *
   * @param first whether nothing of the call was written yet
   */
  void toolCall(ByteBuf out, int choice, ToolCall piece, boolean first, int from, int to);

  /** A member beside the choices, or in one; nothing is written for it alone. */
  default void aside(int choice, Part.Member member) {}

  /** A member of a message that only the client understands. */
  void member(ByteBuf out, int choice, Part.Member member);

  /** A part in a target's own language, which is this one. */
  default void its(ByteBuf out, int choice, Part.Native part) {}

  /**
   * The end of a choice.
   *
   * @param logprobs entries for tokens that had no text, or null
   */
  void finish(ByteBuf out, int choice, FinishReason reason, byte @Nullable [] logprobs);

  /** A sign of life. */
  void keepAlive(ByteBuf out);

  /**
   * The end of a good answer.
   *
   * @param cost null where the client has not asked for it
   */
  void complete(ByteBuf out, Usage usage, @Nullable Cost cost);

  /** The end of a failed answer, with what it costs where that was asked for. */
  void fail(ByteBuf out, ApiError error, Usage usage, @Nullable Cost cost);
}
