package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import tayyar.api.ApiError;

/**
 * The way back to the client, for one request. All methods are called on the event loop that owns
 * the connection. Exactly one of {@link #whole}, {@link #error} and {@link #end} closes it, or
 * {@link #abort} does.
 */
public interface Reply {

  /** Who answers, for the head where it may say so; the last call before the head counts. */
  void target(String name);

  /** An empty buffer for whole events, with the room in front of it that the framing needs. */
  ByteBuf events();

  /**
   * The head of a stream, status 200 and its headers, goes before the first events or with {@link
   * #flush}.
   */
  void streamHead();

  /** Sends the head where it has not gone yet. */
  void flush();

  /**
   * Writes whole events in one write and flushes.
   *
   * @param events from {@link #events()}; ownership passes over
   */
  void send(ByteBuf events);

  /**
   * Writes the last events and the end of the body in one write and flushes.
   *
   * @param events from {@link #events()}; ownership passes over
   * @return done when the socket has taken all of it
   */
  ChannelFuture end(ByteBuf events);

  /**
   * Answers 200 with one JSON document.
   *
   * @param json ownership passes over
   * @return done when the socket has taken all of it
   */
  ChannelFuture whole(ByteBuf json);

  /** Answers with an error's own status and the envelope; only before the head is out. */
  ChannelFuture error(ApiError error);

  /** Closes the connection at once. */
  void abort();

  /** False while the socket does not take what is written. */
  boolean writable();

  /** Bytes written so far, with head and framing. */
  long sentBytes();

  /** Bytes written that the socket has not taken yet. */
  long waitingBytes();
}
