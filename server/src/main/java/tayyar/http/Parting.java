package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection, whichever side ends first, without losing an answer on its way. Used on one
 * event loop.
 */
final class Parting {
  private static final long LINGER_MS = 3_000;

  private final Channel channel;

  /** The last answer; the socket may not have taken it yet. */
  private @Nullable ChannelFuture answer;

  /** Set once the client has ended its sending side: it has left, or it waits for its answers. */
  private @Nullable HalfClosed halfClosed;

  Parting(Channel channel) {
    this.channel = channel;
  }

  /** Remembers another answer, which waits until the socket has taken it. */
  void answered(ChannelFuture written) {
    answer = written;
  }

  /**
   * The client has ended its sending side.
   *
   * @param probe see {@link HalfClosed}
   */
  void inputEnded(BooleanSupplier probe) {
    halfClosed = new HalfClosed(channel.eventLoop(), probe);
  }

  boolean isInputEnded() {
    return halfClosed != null;
  }

  /** The connection is closed. */
  void closed() {
    if (halfClosed != null) {
      halfClosed.stop();
    }
  }

  /** Closes the connection once the client has taken its answers. */
  void close() {
    if (answer == null) {
      channel.close();
    } else {
      answer.addListener(ChannelFutureListener.CLOSE);
    }
  }

  /**
   * Closes our half once the client has taken its answers, and the other half later. Closing both
   * at once would reset the connection if more bytes come, and the client might never see the
   * answer.
   */
  void linger() {
    if (answer != null) {
      answer.addListener(this::closeHalf);
    }
  }

  private void closeHalf(io.netty.util.concurrent.Future<?> written) {
    if (!written.isSuccess() || isInputEnded()) {
      channel.close();
      return;
    }
    channel.config().setAutoRead(true);
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MS, TimeUnit.MILLISECONDS);
  }
}
