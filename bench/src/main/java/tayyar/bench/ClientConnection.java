package tayyar.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One connection of HTTP/1.1, used by one request at a time. Lives on one event loop. */
final class ClientConnection extends ChannelInboundHandlerAdapter implements Carrier {
  private final Channel channel;
  private final Lane lane;
  private final Http1Connections pool;
  private @Nullable MeasuredRequest user;
  private boolean keepAlive;
  private int uses;

  ClientConnection(Channel channel, Lane lane, Http1Connections pool) {
    this.channel = channel;
    this.lane = lane;
    this.pool = pool;
  }

  /** Sends a request; its answer goes to {@code measured}. */
  void use(MeasuredRequest measured, ByteBuf request) {
    user = measured;
    uses++;
    measured.on(this);
    channel.writeAndFlush(request, channel.voidPromise());
  }

  boolean isOpen() {
    return channel.isActive();
  }

  @Override
  public void drop() {
    user = null;
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      MeasuredRequest measured = user;
      if (measured == null) {
        drop();
        return;
      }
      if (message instanceof HttpResponse response) {
        if (response.decoderResult().isFailure()) {
          measured.fail("bad_http");
        } else if (response.status().code() >= 200) {
          keepAlive = HttpUtil.isKeepAlive(response);
          HttpHeaders headers = response.headers();
          measured.head(
              response.status().code(),
              headers.get(lane.targetHeader(), ""),
              headers.get(HttpHeaderNames.CONTENT_TYPE, ""));
        }
      }
      if (message instanceof HttpContent content && !measured.isEnded()) {
        content(content, measured);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void content(HttpContent content, MeasuredRequest measured) {
    if (content.decoderResult().isFailure()) {
      measured.fail("bad_http");
      return;
    }
    if (content.content().isReadable()) {
      measured.body(content.content());
    }
    if (content instanceof LastHttpContent && measured.isAnswered() && !measured.isEnded()) {
      user = null;
      pool.free(this, keepAlive);
      measured.bodyEnd();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    MeasuredRequest measured = user;
    if (measured != null
        && (cause instanceof SSLException || cause.getCause() instanceof SSLException)) {
      measured.fail("tls");
    } else if (cause instanceof RuntimeException && !(cause instanceof CodecException)) {
      lane.fault(cause);
    }
    ended();
  }

  private void ended() {
    MeasuredRequest measured = user;
    drop();
    if (measured == null) {
      return;
    }
    if (uses > 1 && measured.maySendAgain()) {
      lane.again(measured);
    } else {
      measured.broken();
    }
  }
}
