package tayyar.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tayyar.process.Vital;
import tayyar.stream.SseSplitter;

/**
 * One connection to a target, used by one {@link HttpSource} at a time. Lives on one event loop.
 * Between two uses it waits in its loop's pool; a byte or an end that comes then closes it.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  /** What may still come behind an answer that is complete, before the connection is given up. */
  private static final int LEFTOVER_BYTES_MAX = 16 * 1024;

  private final Channel channel;
  private final Pool.OfTarget pool;
  private final SseSplitter splitter;
  private @Nullable HttpSource user;
  private boolean answering;
  private boolean keepAlive;
  private int leftover;

  Connection(Channel channel, Pool.OfTarget pool, int eventBytesMax) {
    this.channel = channel;
    this.pool = pool;
    this.splitter = new SseSplitter(eventBytesMax);
  }

  /** How requests to its target are written. */
  RequestBytes requests() {
    return pool.requests();
  }

  /** Sends a request; its answer goes to the user. */
  void use(HttpSource source, ByteBuf request) {
    user = source;
    answering = true;
    leftover = 0;
    splitter.reset();
    channel.writeAndFlush(request, channel.voidPromise());
  }

  /** The user has all it wants. The connection is kept if the answer's end comes soon. */
  void leave() {
    user = null;
    if (answering) {
      reading(true);
    }
  }

  void close() {
    user = null;
    channel.close();
  }

  boolean isOpen() {
    return channel.isActive();
  }

  void reading(boolean on) {
    channel.config().setAutoRead(on);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the very object the decoder gives
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (!answering) {
        close();
        return;
      }
      if (message == ChunkedDecoder.STREAM_HEAD) {
        stream();
      } else if (message instanceof HttpResponse response) {
        head(response);
      }
      if (message instanceof HttpContent content) {
        content(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void stream() {
    keepAlive = true;
    if (user != null) {
      user.head(200, "text/event-stream", "");
    }
  }

  private void head(HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      broken();
      return;
    }
    if (response.status().code() < 200) {
      return;
    }
    keepAlive = HttpUtil.isKeepAlive(response);
    if (user != null) {
      HttpHeaders fields = response.headers();
      user.head(
          response.status().code(),
          fields.get(HttpHeaderNames.CONTENT_TYPE, ""),
          fields.get(HttpHeaderNames.RETRY_AFTER, ""));
    }
  }

  private void content(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      broken();
      return;
    }
    data(content.content(), content.content().readableBytes());
    if (content instanceof LastHttpContent) {
      answered();
    }
  }

  /** A part of the answer's body. */
  void data(ByteBuf in, int count) {
    if (user != null) {
      user.body(in, count, splitter);
      return;
    }
    leftover += count;
    if (leftover > LEFTOVER_BYTES_MAX) {
      close();
    }
  }

  private void answered() {
    answering = false;
    HttpSource source = user;
    user = null;
    if (keepAlive && channel.isActive()) {
      reading(true);
      pool.put(this);
    } else {
      channel.close();
    }
    if (source != null) {
      source.bodyEnd();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (user != null) {
      user.readComplete();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    pool.remove(this);
    broken();
  }

  /** What is neither the network's doing nor malformed is a bug of whoever reads the answer. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Vital.check(cause);
    Throwable inside = cause instanceof DecoderException ? cause.getCause() : null;
    Throwable why = inside == null ? cause : inside;
    HttpSource source = user;
    if (source != null && !(why instanceof IOException || why instanceof CodecException)) {
      close();
      source.bug(why);
    } else {
      broken();
    }
  }

  private void broken() {
    HttpSource source = user;
    close();
    if (source != null) {
      source.broken();
    }
  }
}
