package tayyar.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One connection, used by one attempt at a time. Lives on one event loop. */
final class Line extends ChannelInboundHandlerAdapter {
  private final Channel channel;
  private final Lane lane;
  private final int endpoint;
  private @Nullable Attempt user;
  private boolean keepAlive;
  private int uses;

  Line(Channel channel, Lane lane, int endpoint) {
    this.channel = channel;
    this.lane = lane;
    this.endpoint = endpoint;
  }

  /** Sends a request; its answer goes to the attempt. */
  void use(Attempt attempt, ByteBuf request) {
    user = attempt;
    uses++;
    attempt.on(this);
    channel.writeAndFlush(request, channel.voidPromise());
  }

  boolean isOpen() {
    return channel.isActive();
  }

  void close() {
    user = null;
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      Attempt attempt = user;
      if (attempt == null) {
        close();
        return;
      }
      if (message instanceof HttpResponse response) {
        if (response.decoderResult().isFailure()) {
          attempt.fail("bad_http");
        } else if (response.status().code() >= 200) {
          keepAlive = HttpUtil.isKeepAlive(response);
          attempt.head(response);
        }
      }
      if (message instanceof HttpContent content && !attempt.isEnded()) {
        content(content, attempt);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void content(HttpContent content, Attempt attempt) {
    if (content.decoderResult().isFailure()) {
      attempt.fail("bad_http");
      return;
    }
    if (content.content().isReadable()) {
      attempt.body(content.content());
    }
    if (content instanceof LastHttpContent && attempt.isAnswered() && !attempt.isEnded()) {
      user = null;
      lane.free(this, endpoint, keepAlive);
      attempt.bodyEnd();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Attempt attempt = user;
    if (attempt != null
        && (cause instanceof SSLException || cause.getCause() instanceof SSLException)) {
      attempt.fail("tls");
    } else if (cause instanceof RuntimeException && !(cause instanceof CodecException)) {
      lane.fault(cause);
    }
    ended();
  }

  private void ended() {
    Attempt attempt = user;
    close();
    if (attempt == null) {
      return;
    }
    if (uses > 1 && attempt.maySendAgain()) {
      lane.again(attempt);
    } else {
      attempt.broken();
    }
  }
}
