package tayyar.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import tayyar.api.Room;

/**
 * The records of one connection. What a client makes it keep is bounded and charged: all bytes of a
 * handshake, later those of a record that has not come whole; and so is what carries no data, which
 * costs and is answered all the same. Lives on one event loop; the costly steps of a handshake run
 * on the executor.
 */
final class Records extends SslHandler {
  /** The bytes that are not charged; a usual ClientHello has less. */
  private static final int SMALL_BYTES = 2 * 1024;

  /** No client needs more for a handshake: a large ClientHello has some 2 KB, tickets included. */
  private static final int HANDSHAKE_BYTES_MAX = 32 * 1024;

  /** No client renews its keys more often between two pieces of data: a renewal has 27 bytes. */
  private static final int SILENT_BYTES_MAX = 4 * 1024;

  private final Room room;
  private int handshakeBytes;
  private int charged;
  private boolean secured;

  /** The bytes that came since the last data; answers to them wait where the client reads none. */
  private long silentBytes;

  Records(SSLEngine engine, Executor executor, Room room) {
    super(engine, executor);
    this.room = room;
    // The connection has a deadline of its own.
    setHandshakeTimeoutMillis(0);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    super.handlerAdded(ctx);
    ctx.pipeline().addAfter(ctx.name(), null, new Data());
  }

  /** Sees what the records carry. */
  private final class Data extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      silentBytes = 0;
      ctx.fireChannelRead(message);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    secured = secured || handshakeFuture().isDone();
    if (message instanceof ByteBuf bytes) {
      if (secured) {
        silentBytes += bytes.readableBytes();
      } else {
        handshakeBytes += bytes.readableBytes();
      }
    }
    super.channelRead(ctx, message);
    if (silentBytes - actualReadableBytes() > SILENT_BYTES_MAX) {
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    secured = secured || handshakeFuture().isDone();
    int kept = secured ? actualReadableBytes() : handshakeBytes;
    if ((!secured && kept > HANDSHAKE_BYTES_MAX) || !account(kept)) {
      ctx.close();
    }
    super.channelReadComplete(ctx);
  }

  /** Charges twice the bytes: they are kept in buffers that grow, or by the engine as well. */
  private boolean account(int kept) {
    int much = kept <= SMALL_BYTES ? 0 : 2 * kept;
    if (much > charged && !room.take(much - charged)) {
      return false;
    }
    if (much < charged) {
      room.give(charged - much);
    }
    charged = much;
    return true;
  }

  @Override
  public void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    account(0);
    super.handlerRemoved0(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    account(0);
    super.channelInactive(ctx);
  }

  /**
   * Says goodbye only where the client takes it at once. Bytes that wait are lost by a close in any
   * case, and a client that does not read would keep the connection open.
   */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
    ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
    boolean clear = waiting == null || waiting.totalPendingWriteBytes() == 0;
    if (clear && handshakeFuture().isSuccess()) {
      super.close(ctx, promise);
    } else {
      ctx.close(promise);
    }
  }
}
