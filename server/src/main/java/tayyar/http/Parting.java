package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection, either side first, at which no answer is lost on its way. Used on one
 * event loop.
 */
final class Parting {
  private static final long LINGER_MS = 3_000;

  private final Channel channel;

  /** The last answer, which may not be taken yet. */
  private @Nullable ChannelFuture answer;

  /** Set once the client has ended its sending side: it has left, or waits for its answers. */
  private @Nullable HalfClosed halfClosed;

  Parting(Channel channel) {
    this.channel = channel;
  }

  /** Another answer was given; it waits in the socket until it is taken. */
  void answered(ChannelFuture written) {
    answer = written;
  }

  /**
   * The client has ended its sending side.
   *
   * @param probe as {@link HalfClosed} has it
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

  /** Closes it when the client has taken its answers. */
  void close() {
    if (answer == null) {
      channel.close();
    } else {
      answer.addListener(ChannelFutureListener.CLOSE);
    }
  }

  /**
   * Closes our half when the client has taken its answers, and the other one later: closing at once
   * would reset the connection where bytes still come, and the client might never see the answer.
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
