package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import tayyar.api.ApiError;

/**
 * The way back to the client, for one request. All methods are called on the event loop that owns
 * the connection. Exactly one of {@link #whole}, {@link #error} and {@link #end} closes it, or
 * {@link #abort} does.
 */
public interface Reply {

  /**
   * Sets the answering target, for the head where it may be named; the last call before the head
   * counts.
   */
  void target(String name);

  /** Returns an empty buffer for whole events, with room in front for the framing. */
  ByteBuf events();

  /**
   * Prepares the head of a stream, with status 200. It leaves with the first events, or by {@link
   * #flush}.
   */
  void streamHead();

  /** Sends the head, unless it has left already. */
  void flush();

  /**
   * Writes whole events in one write and flushes.
   *
   * @param events from {@link #events()}, not empty: an empty piece would end the body; ownership
   *     passes over
   */
  void send(ByteBuf events);

  /**
   * Writes the last events and the end of the body in one write and flushes.
   *
   * @param events from {@link #events()}; ownership passes over
   * @return done when the socket has taken all of it
   */
  Future<Void> end(ByteBuf events);

  /**
   * Answers 200 with one JSON document.
   *
   * @param json ownership passes over
   * @return done when the socket has taken all of it
   */
  Future<Void> whole(ByteBuf json);

  /** Answers with an error's own status and the envelope; only before the head is out. */
  Future<Void> error(ApiError error);

  /** Returns the status that {@link #error} answers with. */
  int status(ApiError error);

  /** Closes the connection at once. */
  void abort();

  /** Whether the socket takes bytes. */
  boolean writable();

  /** Returns the bytes written so far, with head and framing. */
  long sentBytes();

  /** Returns the bytes written that the socket has not taken yet. */
  long waitingBytes();
}
