package tayyar.testing;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the n-th operation on a gateway's sockets fail as the kernel would. Operations are
 * connects, writes, and reads in pieces of a few bytes, which are the same at each run. One at a
 * time; safe for use by any thread.
 */
public final class NthIo implements AutoCloseable {
  private static final int PIECE_BYTES = 64;

  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean resets;

  /** The side whose sockets fail. */
  public enum Side {
    /** Connections to targets. */
    TARGETS,
    /** Connections of clients. */
    CLIENTS
  }

  /**
   * Starts, for connections made from now on until it is closed.
   *
   * @param gateway where the gateway listens
   */
  public NthIo(Side side, InetSocketAddress gateway) {
    Wires.tap(
        new Wires.Tap() {
          @Override
          public @Nullable ChannelHandler connecting() {
            return side == Side.TARGETS ? new Breaking() : null;
          }

          @Override
          public @Nullable ChannelHandler accepted(Channel listening) {
            boolean its = gateway.equals(listening.localAddress());
            return side == Side.CLIENTS && its ? new Breaking() : null;
          }
        });
  }

  /**
   * Counts from here.
   *
   * @param n which operation fails, from 1
   * @param reset whether it fails with an error and nothing is done; otherwise half of it is done
   *     and the connection ends
   */
  public void arm(int n, boolean reset) {
    resets = reset;
    left.set(n);
  }

  /**
   * Lets all operations pass from here.
   *
   * @return whether one has failed
   */
  public boolean disarm() {
    return left.getAndSet(0) <= 0;
  }

  /** Returns the number of open connections. */
  public int connections() {
    return connections.get();
  }

  @Override
  public void close() {
    Wires.tap(null);
  }

  /** Armed, it counts down to 0 and stays there, or goes below; disarmed it stands at 0. */
  private boolean strikes() {
    return left.get() > 0 && left.decrementAndGet() == 0;
  }

  private final class Breaking extends ChannelDuplexHandler {
    private int place;
    private boolean dead;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      connections.incrementAndGet();
      ctx.channel().closeFuture().addListener(_ -> connections.decrementAndGet());
    }

    @Override
    public void connect(
        ChannelHandlerContext ctx, SocketAddress to, SocketAddress from, ChannelPromise promise) {
      if (strikes()) {
        promise.tryFailure(new ConnectException("Connection refused by the test"));
      } else {
        ctx.connect(to, from, promise);
      }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ByteBuf bytes = (ByteBuf) message;
      if (!dead && !strikes()) {
        ctx.write(bytes, promise);
        return;
      }
      if (!dead && !resets) {
        ctx.writeAndFlush(bytes.readRetainedSlice(bytes.readableBytes() / 2));
      }
      dead = true;
      bytes.release();
      // Netty tells no void promise of a failed write either.
      if (!promise.isVoid()) {
        promise.tryFailure(new IOException("Broken pipe by the test"));
      }
      ctx.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      while (bytes.isReadable() && !dead) {
        int most = PIECE_BYTES - place % PIECE_BYTES;
        read(ctx, bytes.readRetainedSlice(Math.min(most, bytes.readableBytes())));
      }
      bytes.release();
    }

    /** A piece counts where its end has come, however many reads that took. */
    private void read(ChannelHandlerContext ctx, ByteBuf piece) {
      place += piece.readableBytes();
      if (place % PIECE_BYTES != 0 || !strikes()) {
        ctx.fireChannelRead(piece);
        ctx.fireChannelReadComplete();
        return;
      }
      dead = true;
      if (resets) {
        piece.release();
        ctx.fireExceptionCaught(new IOException("Connection reset by the test"));
      } else {
        ctx.fireChannelRead(piece.readSlice(piece.readableBytes() / 2).retain());
        piece.release();
        ctx.fireChannelReadComplete();
      }
      ctx.close();
    }
  }
}
