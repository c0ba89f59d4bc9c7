import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The least that a proxy on Netty costs: its own codecs, one comparison of a bearer key, everything
 * else through as it comes. No limits, no deadlines, no backpressure, no record of anything.
 *
 * <p>Arguments: the port to listen on, the upstream's port, the key.
 */
final class PassThrough {
  private final InetSocketAddress upstream;
  private final String bearer;
  private final Map<EventLoop, ArrayDeque<Back>> idle = new ConcurrentHashMap<>();

  private PassThrough(int port, String key) {
    upstream = new InetSocketAddress("127.0.0.1", port);
    bearer = "Bearer " + key;
  }

  public static void main(String[] args) {
    var proxy = new PassThrough(Integer.parseInt(args[1]), args[2]);
    new ServerBootstrap()
        .group(new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory()))
        .channel(EpollServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, 4096)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpServerCodec(), proxy.new Front());
              }
            })
        .bind("127.0.0.1", Integer.parseInt(args[0]))
        .syncUninterruptibly();
  }

  private ArrayDeque<Back> idle(ChannelHandlerContext context) {
    return idle.computeIfAbsent((EventLoop) context.executor(), loop -> new ArrayDeque<>());
  }

  /** A client's connection. */
  private final class Front extends ChannelInboundHandlerAdapter {
    private final Queue<Object> unsent = new ArrayDeque<>();
    private Channel target;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request) {
        target = null;
        if (!bearer.equals(request.headers().get(HttpHeaderNames.AUTHORIZATION))) {
          ReferenceCountUtil.release(message);
          refuse(context);
          return;
        }
        Back known = idle(context).poll();
        if (known == null) {
          connect(context);
        } else {
          known.client = context.channel();
          target = known.channel;
        }
      }
      if (target == null) {
        unsent.add(message);
      } else {
        target.write(message);
      }
    }

    private void refuse(ChannelHandlerContext context) {
      var answer =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.UNAUTHORIZED);
      answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      context.writeAndFlush(answer);
      context.close();
    }

    private void connect(ChannelHandlerContext context) {
      new Bootstrap()
          .group((EventLoop) context.executor())
          .channel(EpollSocketChannel.class)
          .option(ChannelOption.TCP_NODELAY, true)
          .handler(
              new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                  channel
                      .pipeline()
                      .addLast(new HttpClientCodec(), new Back(channel, context.channel()));
                }
              })
          .connect(upstream)
          .addListener((ChannelFuture made) -> connected(context, made));
    }

    private void connected(ChannelHandlerContext context, ChannelFuture made) {
      if (!made.isSuccess()) {
        context.close();
        return;
      }
      target = made.channel();
      unsent.forEach(target::write);
      unsent.clear();
      target.flush();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (target != null) {
        target.flush();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      unsent.forEach(ReferenceCountUtil::release);
      unsent.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** A connection to the upstream; idle ones wait with their event loop. */
  private final class Back extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private Channel client;

    Back(Channel channel, Channel client) {
      this.channel = channel;
      this.client = client;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (client == null) {
        ReferenceCountUtil.release(message);
        return;
      }
      client.write(message);
      if (message instanceof LastHttpContent) {
        client.flush();
        client = null;
        idle(context).push(this);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (client != null) {
        client.flush();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      idle(context).remove(this);
      if (client != null) {
        client.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
