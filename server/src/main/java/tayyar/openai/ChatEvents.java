package tayyar.openai;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.dialect.Events;

/** The events of a chat's stream, or of a completion's. */
final class ChatEvents implements Events {
  private final boolean includeUsage;
  private Chunks chunks;

  ChatEvents(Chunks chunks, boolean includeUsage) {
    this.chunks = chunks;
    this.includeUsage = includeUsage;
  }

  @Override
  public void model(String name) {
    chunks = chunks.by(name);
  }

  @Override
  public void begin(ByteBuf out, int choice) {
    chunks.role(out, choice);
  }

  @Override
  public void text(
      ByteBuf out,
      int choice,
      Kind kind,
      byte[] json,
      int from,
      int to,
      byte @Nullable [] logprobs) {
    chunks.text(out, choice, kind, json, from, to, logprobs);
  }

  @Override
  public void toolCall(ByteBuf out, int choice, ToolCall piece, boolean first, int from, int to) {
    chunks.toolCall(out, choice, piece, first, from, to);
  }

  /** Much of what documents have beside their choices and in them, streams do not have. */
  @Override
  public void aside(int choice, Part.Member member) {
    if (member.place() == Part.Member.Place.ANSWER && ChunkReader.isOfStreams(member.name())) {
      chunks = chunks.with(member);
    }
  }

  @Override
  public void member(ByteBuf out, int choice, Part.Member member) {
    chunks.member(out, choice, member);
  }

  @Override
  public void finish(ByteBuf out, int choice, FinishReason reason, byte @Nullable [] logprobs) {
    chunks.finish(out, choice, reason, logprobs);
  }

  @Override
  public void keepAlive(ByteBuf out) {
    Chunks.keepAlive(out);
  }

  @Override
  public void complete(ByteBuf out, Usage usage, @Nullable Cost cost) {
    if (includeUsage) {
      chunks.usage(out, usage, cost);
    }
    Chunks.done(out);
  }

  @Override
  public void fail(ByteBuf out, ApiError error, Usage usage, @Nullable Cost cost) {
    if (cost != null) {
      chunks.usage(out, usage, cost);
    }
    Chunks.error(out, error);
    Chunks.done(out);
  }
}
