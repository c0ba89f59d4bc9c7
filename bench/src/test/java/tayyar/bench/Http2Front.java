package tayyar.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server of HTTP/2 in front of one that speaks HTTP/1.1 alone, such as the simulator. */
final class Http2Front implements AutoCloseable {
  private static final int STREAMS_ON_THEIR_WAY = 10;

  private final int upstreamPort;
  private final @Nullable SslContext tls;
  private final EventLoopGroup loops = IoBackend.NIO.loops(1);
  private final HttpClient upstream =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger resets = new AtomicInteger();
  private final Queue<Http2Headers> heads = new ConcurrentLinkedQueue<>();
  private final Channel listener;

  /** So many streams a connection may have at once. */
  volatile int streamsMax = 100;

  /** The stream of this number, counted from 1 over all connections, is refused. */
  volatile int refused;

  /** The connection of this stream is given up behind it. */
  volatile int last;

  /**
   * Listens on a free port.
   *
   * @param upstreamPort the port on which the other listens
   * @param tls what is spoken below; null for nothing
   */
  Http2Front(int upstreamPort, @Nullable SslContext tls) {
    this.upstreamPort = upstreamPort;
    this.tls = tls;
    this.listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(new Connection())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  /** Where it listens. */
  MeasuredEndpoint endpoint() {
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    String scheme = tls == null ? "http" : "https";
    return MeasuredEndpoint.of("front=" + scheme + "://127.0.0.1:" + port + "/v1", "sk-k");
  }

  /** The connections accepted so far. */
  int accepted() {
    return accepted.get();
  }

  /** The streams that clients have reset. */
  int resets() {
    return resets.get();
  }

  /** The requests' heads, in order. */
  Queue<Http2Headers> heads() {
    return heads;
  }

  @Override
  public void close() {
    upstream.shutdownNow();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Connection extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      accepted.incrementAndGet();
      if (tls != null) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
      }
      var settings = Http2Settings.defaultSettings().maxConcurrentStreams(streamsMax);
      channel
          .pipeline()
          .addLast(
              Http2FrameCodecBuilder.forServer().initialSettings(settings).build(),
              new Http2MultiplexHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel stream) {
                      stream.pipeline().addLast(new Stream());
                    }
                  }));
    }
  }

  /** One request, passed on once it is whole. */
  private final class Stream extends ChannelInboundHandlerAdapter {
    private final ByteBuf body = Unpooled.buffer();
    private final int number = streams.incrementAndGet();
    private @Nullable Http2Headers head;
    private @Nullable CompletableFuture<?> asked;
    private boolean answered;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      boolean end = false;
      if (message instanceof Http2HeadersFrame headers) {
        head = headers.headers();
        heads.add(head);
        end = headers.isEndStream();
      } else if (message instanceof Http2DataFrame data) {
        body.writeBytes(data.content());
        end = data.isEndStream();
      }
      ReferenceCountUtil.release(message);
      if (end && number == refused) {
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
      } else if (end && head != null) {
        ask(ctx, head);
      }
    }

    private void ask(ChannelHandlerContext ctx, Http2Headers headers) {
      byte[] bytes = new byte[body.readableBytes()];
      body.readBytes(bytes);
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + upstreamPort + headers.path()))
              .header("Content-Type", String.valueOf(headers.get("content-type")))
              .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
              .build();
      asked =
          upstream
              .sendAsync(request, answer -> begin(ctx, answer))
              .whenComplete((_, failed) -> end(ctx, failed == null));
      if (number == last) {
        var last = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
        // What its client has begun by the time that it knows is still answered.
        last.setExtraStreamIds(STREAMS_ON_THEIR_WAY);
        ctx.channel().parent().writeAndFlush(last);
      }
    }

    private HttpResponse.BodySubscriber<Void> begin(
        ChannelHandlerContext ctx, HttpResponse.ResponseInfo answer) {
      Http2Headers fields = new DefaultHttp2Headers();
      fields.status(Integer.toString(answer.statusCode()));
      answer
          .headers()
          .firstValue("content-type")
          .ifPresent(type -> fields.set("content-type", type));
      fields.set("x-tayyar-target", "behind");
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(fields));
      return HttpResponse.BodySubscribers.ofByteArrayConsumer(
          bytes ->
              bytes.ifPresent(
                  some ->
                      ctx.writeAndFlush(
                          new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(some), false))));
    }

    private void end(ChannelHandlerContext ctx, boolean good) {
      ctx.executor()
          .execute(
              () -> {
                answered = true;
                ctx.writeAndFlush(
                    good
                        ? new DefaultHttp2DataFrame(true)
                        : new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
              });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      body.release();
      CompletableFuture<?> its = asked;
      if (its != null && !answered) {
        resets.incrementAndGet();
        its.cancel(true);
      }
    }
  }
}
