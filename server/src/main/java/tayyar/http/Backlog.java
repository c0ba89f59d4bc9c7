package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;

/**
 * Accounts for the bytes that a client leaves unread in its socket. While an answer runs, the
 * request's permit stands for them; between two requests, the server's room does. Used on one event
 * loop.
 */
final class Backlog {
  /** The bytes charged for a client that does not read its answers. */
  private static final int UNREAD_BYTES = 128 * 1024;

  /** The bound on the bytes that wait, where memory is short. */
  static final int FEW_BYTES_MAX = 8 * 1024;

  private static final WriteBufferWaterMark FEW =
      new WriteBufferWaterMark(FEW_BYTES_MAX / 4, FEW_BYTES_MAX);

  private final Server server;
  private final Channel channel;
  private boolean unread;
  private boolean lagging;

  Backlog(Server server, Channel channel) {
    this.server = server;
    this.channel = channel;
  }

  /**
   * Returns the bytes written that the socket has not taken; of a buffer that is partly sent, the
   * part that still waits.
   */
  static long waitingBytes(Channel channel) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes() - waiting.currentProgress();
  }

  /** Another request begins. */
  void begin() {
    if (lagging) {
      lagging = false;
      channel.config().setWriteBufferWaterMark(Server.WATER_MARKS);
    }
  }

  /**
   * The socket did not take all of a write. Where memory is short, this lowers the bound on the
   * bytes that wait there.
   */
  void lags() {
    if (!lagging && server.tight()) {
      lagging = true;
      channel.config().setWriteBufferWaterMark(FEW);
    }
  }

  /**
   * Charges for waiting answers that no permit stands for; returns whether there is room for them.
   */
  boolean waits() {
    unread = unread || server.nobody().take(UNREAD_BYTES);
    return unread;
  }

  /** The client has read its answers, or never will. */
  void read() {
    if (unread) {
      unread = false;
      server.nobody().give(UNREAD_BYTES);
    }
  }
}
