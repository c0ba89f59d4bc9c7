package tayyar.dialect;

import io.netty.channel.ChannelFuture;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;

/**
 * The form an answer takes on the wire. Forms that are sent whole implement only {@link #complete}
 * and {@link #fail} of what writes. Called on the stream's event loop.
 */
public interface Answer {

  /** Which model answers; the last call before the first text counts. */
  void model(String name);

  /** A piece of text, see {@link tayyar.api.Sink#delta}. */
  default void delta(int choice, Kind kind, byte[] json, int from, int to) {}

  /** A part besides text, see {@link tayyar.api.Sink#part}. */
  default void part(int choice, Part part) {}

  /** Why a choice ended. Comes once for each, and nothing but the end behind it. */
  default void finish(int choice, FinishReason reason) {}

  /** What was given since the last flush may leave now. */
  default void flush() {}

  /** The head may wait no longer. */
  default void release() {}

  /** A sign of life in silence. */
  default void keepAlive() {}

  /** The socket takes bytes again. */
  default void writable() {}

  /** So much was given since the last flush that it should leave before more comes. */
  default boolean ripe() {
    return false;
  }

  /** Text is waiting here that the reader should have taken by now: the source is to pause. */
  default boolean full() {
    return false;
  }

  /** Whether a status has been sent. */
  boolean headOut();

  /** The last bytes of a good answer. */
  ChannelFuture complete(Usage usage);

  /** The last bytes of a failed one. */
  ChannelFuture fail(ApiError error);

  /** Nothing more is written; frees what is held. */
  default void discard() {}
}
