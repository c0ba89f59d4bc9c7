package tayyar.dialect;

import io.netty.util.concurrent.Future;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;

/**
 * The form an answer takes on the wire. Forms that are sent whole implement only {@link #complete}
 * and {@link #fail} of what writes. Called on the stream's event loop.
 */
public interface Answer {

  /** Sets the answering model; the last call before the first text counts. */
  void model(String name);

  /** A piece of text, see {@link tayyar.api.Sink#delta}. */
  default void delta(int choice, Kind kind, byte[] json, int from, int to) {}

  /** A part besides text, see {@link tayyar.api.Sink#part}. */
  default void part(int choice, Part part) {}

  /**
   * Sets why a choice ended. Called once for each, before {@link #complete} or {@link #fail} and
   * after all else.
   */
  default void finish(int choice, FinishReason reason) {}

  /**
   * Tells what the answer costs, where the client asked for it; before {@link #complete} or {@link
   * #fail}.
   *
   * @param of the tokens that it costs for
   */
  default void cost(Usage of, Cost its) {}

  /** Tells tokens as far as they are known; {@link #complete} has the truth. */
  default void usage(Usage soFar) {}

  /** Writes all that was given since the last flush. */
  default void flush() {}

  /** Sends the head, which may wait no longer. */
  default void release() {}

  /** Writes a sign of life, such as a comment. */
  default void keepAlive() {}

  /** Tells that the socket takes bytes again. */
  default void writable() {}

  /** Whether so much was given since the last flush that it should be flushed before more comes. */
  default boolean ripe() {
    return false;
  }

  /** Whether so much text waits for a slow reader that the source should pause. */
  default boolean full() {
    return false;
  }

  /** Whether a status has been sent. */
  boolean headOut();

  /**
   * Writes the last bytes of a good answer.
   *
   * @throws tayyar.api.Refused where it can't be told in this language; {@link #fail} follows
   */
  Future<Void> complete(Usage usage);

  /** Writes the last bytes of a failed answer. */
  Future<Void> fail(ApiError error);

  /** Writes nothing more and frees all memory. */
  default void discard() {}
}
