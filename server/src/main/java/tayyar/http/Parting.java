package tayyar.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.process.Vital;

/**
 * Closes a connection, whichever side ends first, without losing an answer on its way. Used on one
 * event loop.
 */
final class Parting {
  private static final Logger LOG = LoggerFactory.getLogger(Parting.class);

  /** For the client to end its own side, mostly. */
  static final long LINGER_MS = 3_000;

  private final Channel channel;

  /** The last answer; the socket may not have taken it yet. */
  private @Nullable ChannelFuture answer;

  /** Set once the client has ended its sending side: it has left, or it waits for its answers. */
  private @Nullable HalfClosed halfClosed;

  Parting(Channel channel) {
    this.channel = channel;
  }

  /**
   * Closes a connection of many answers once the client has been given all that was written. A
   * stream closes before its last bytes are with the socket, so that is asked for behind it.
   *
   * @param ctx where the bytes are written
   * @param lingerMs for the client to take them from the socket, and to end its own side
   */
  static void behindAll(ChannelHandlerContext ctx, long lingerMs) {
    ctx.executor()
        .execute(
            () -> {
              var ending = new Parting(ctx.channel());
              ending.answered(ctx.writeAndFlush(Unpooled.EMPTY_BUFFER));
              ending.linger(lingerMs);
            });
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

  /**
   * Whether an event says that no byte of the client comes any more: its sending side ended, or it
   * has said so by TLS (close_notify).
   */
  static boolean isTheEnd(Object event) {
    return event instanceof ChannelInputShutdownEvent
        || (event instanceof SslCloseCompletionEvent said && said.isSuccess());
  }

  /** Logs an exception that came up on a connection, unless the wire is to blame. */
  static void told(Throwable cause) {
    Vital.check(cause);
    if (!isOfTheWire(cause)) {
      LOG.atError().setCause(cause).log("a bug on a client's connection");
    }
  }

  /** Whether an exception is the network's or the client's doing, such as a broken TLS record. */
  private static boolean isOfTheWire(Throwable cause) {
    return cause instanceof IOException
        || (cause instanceof DecoderException && cause.getCause() instanceof SSLException);
  }

  /**
   * Whether bytes can be sent behind the client's end. TLS 1.2 ends both directions at once, and so
   * does a client of TLS 1.3 that says it does not wait (user_canceled).
   */
  boolean mayAnswer() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls == null
        || !(tls.engine().isOutboundDone()
            || tls.engine().getSession().getProtocol().equals("TLSv1.2"));
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
    linger(LINGER_MS);
  }

  /** The same with so much time for the client to end its own side. */
  void linger(long ms) {
    if (answer != null) {
      answer.addListener(written -> closeHalf(written, ms));
    }
  }

  private void closeHalf(io.netty.util.concurrent.Future<?> written, long ms) {
    if (!written.isSuccess() || isInputEnded()) {
      channel.close();
      return;
    }
    channel.config().setAutoRead(true);
    if (channel instanceof DuplexChannel duplex) {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      ChannelFuture said = tls == null ? channel.newSucceededFuture() : tls.closeOutbound();
      said.addListener(_ -> duplex.shutdownOutput());
    }
    channel.eventLoop().schedule(() -> channel.close(), ms, TimeUnit.MILLISECONDS);
  }
}
