package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;

/**
 * What a client leaves in its socket, accounted for: while a request's answer runs its permit does
 * so; between two requests it is the server's room. Used on one event loop.
 */
final class Backlog {
  /** What a client that does not read its answers is accounted for. */
  private static final int UNREAD_BYTES = 128 * 1024;

  private static final WriteBufferWaterMark FEW = new WriteBufferWaterMark(2 * 1024, 8 * 1024);

  private final Server server;
  private final Channel channel;
  private boolean unread;
  private boolean lagging;

  Backlog(Server server, Channel channel) {
    this.server = server;
    this.channel = channel;
  }

  /** Another request begins. */
  void begin() {
    if (lagging) {
      lagging = false;
      channel.config().setWriteBufferWaterMark(Server.WATER_MARKS);
    }
  }

  /** The socket did not take all of a write: where memory is short, less may wait there. */
  void lags() {
    if (!lagging && server.tight()) {
      lagging = true;
      channel.config().setWriteBufferWaterMark(FEW);
    }
  }

  /** Answers wait that no permit stands for; returns whether they may. */
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
