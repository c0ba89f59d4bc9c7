package tayyar.stream;

import io.netty.channel.ChannelFuture;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;

/** The form an answer takes on the wire. Called on the stream's event loop. */
sealed interface Answer permits SseAnswer, WholeAnswer {

  /** Which model answers; the last call before the first text counts. */
  void model(String name);

  /** A piece of text, see {@link tayyar.api.Sink#delta}. */
  void delta(int choice, Kind kind, byte[] json, int from, int to);

  /** A piece of a tool call. */
  void toolCall(int choice, ToolCall piece);

  /** See {@link tayyar.api.Sink#logprobs}. */
  void logprobs(int choice, byte[] entries);

  /** A choice is complete. */
  void finish(int choice, FinishReason reason);

  /** What was given since the last flush may leave now. */
  void flush();

  /** The head may wait no longer. */
  void release();

  /** A sign of life in silence. */
  void keepAlive();

  /** The socket takes bytes again. */
  void writable();

  /** Text is waiting here that the reader should have taken by now: the source is to pause. */
  boolean full();

  /** Whether a status has been sent. */
  boolean headOut();

  /** The last bytes of a good answer. */
  ChannelFuture complete(Usage usage);

  /** The last bytes of a failed one. */
  ChannelFuture fail(ApiError error);

  /** Nothing more is written; frees what is held. */
  void discard();
}
