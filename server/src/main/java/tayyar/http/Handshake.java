package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Deadline;
import tayyar.tls.Tls;
import tayyar.wire.Deadlines;

/**
 * A connection on which TLS is not agreed on yet. Its first byte tells whether the client speaks
 * TLS at all; one that speaks HTTP is told so. Once TLS is agreed on, the protocol that both sides
 * have chosen (ALPN) takes its place. Lives on one event loop.
 */
final class Handshake extends ChannelInboundHandlerAdapter implements Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

  /** For a client that spoke HTTP to read that it should not. */
  private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(5);

  private enum State {
    SILENT,
    SHAKING,
    REFUSED
  }

  private final Server server;
  private final Tls tls;
  private final Channel channel;
  private final Deadlines deadlines;
  private State state = State.SILENT;

  /** What has taken its place; calls that were on their way to it are meant for that. */
  private @Nullable Connection next;

  Handshake(Server server, Tls tls, Channel channel) {
    this.server = server;
    this.tls = tls;
    this.channel = channel;
    this.deadlines = new Deadlines(channel.eventLoop(), System::nanoTime, this::late);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (server.open().opened(this)) {
      deadlines.start(server.bounds().nanos(Deadline.HANDSHAKE));
    } else {
      ctx.close();
    }
  }

  private long late(long now) {
    channel.close();
    return 0;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    server.open().closed(this);
    deadlines.stop();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (state != State.SILENT || !(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (isHttp(bytes.getByte(bytes.readerIndex()))) {
      bytes.release();
      refuse();
      return;
    }
    state = State.SHAKING;
    SslHandler records = tls.handler(channel.alloc(), server.nobody());
    ctx.pipeline().addBefore(ctx.name(), null, records);
    records.channelRead(ctx.pipeline().context(records), bytes);
  }

  /** A request begins with a letter, TLS never does. */
  private static boolean isHttp(byte first) {
    return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
  }

  private void refuse() {
    state = State.REFUSED;
    deadlines.sooner(REFUSED_NANOS);
    var error = new ApiError.InvalidHttp("this port speaks TLS; the address begins with https://.");
    var parting = new Parting(channel);
    parting.answered(
        channel.writeAndFlush(
            Http1Reply.bare(channel.alloc(), error, server.routes().dialect(), server.always())));
    parting.linger();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done) {
      if (done.isSuccess()) {
        goOn(ctx.pipeline(), ctx.pipeline().get(SslHandler.class));
      } else {
        tls.failed();
        LOG.atDebug().addKeyValue("why", done.cause().getMessage()).log("a handshake failed");
      }
    } else if (event instanceof ChannelInputShutdownEvent) {
      channel.close();
    }
  }

  /** Goes on with the protocol of the client's choice; HTTP/1.1 where it names none. */
  private void goOn(ChannelPipeline pipeline, SslHandler records) {
    deadlines.stop();
    server.open().closed(this);
    if (ApplicationProtocolNames.HTTP_2.equals(records.applicationProtocol())) {
      Http2Connection http2 = server.http2(channel);
      next = http2;
      http2.open();
    } else {
      Http1Connection http1 = server.http1(channel);
      next = http1;
      http1.open();
    }
    pipeline.remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Parting.told(cause);
    ctx.close();
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public Connection current() {
    return next == null ? this : next;
  }

  @Override
  public boolean isIdle() {
    return true;
  }

  @Override
  public void makeRoom() {
    channel.close();
  }

  @Override
  public void drain() {
    if (isNew()) {
      deadlines.sooner(NEW_NANOS);
    }
  }

  @Override
  public boolean isNew() {
    return state != State.REFUSED;
  }

  @Override
  public void stop() {}

  @Override
  public void close() {
    channel.close();
  }
}
