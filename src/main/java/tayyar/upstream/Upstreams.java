package tayyar.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.proxy.HttpProxyHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Bounds;
import tayyar.api.ChatRequest;
import tayyar.api.OffLimits;
import tayyar.api.Source;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.net.Transport;

/**
 * The way to all targets: makes sources, connects, keeps idle connections. Safe for use by any
 * event loop; what belongs to a stream stays on that stream's loop.
 */
public final class Upstreams {
  private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);

  private final Transport transport;
  private final Bounds bounds;
  private final Pool pool = new Pool();
  private final Tls tls = new Tls();
  private final Names names;

  /** Looks a name up; may block. */
  @FunctionalInterface
  interface Names {
    InetAddress find(String name) throws UnknownHostException;
  }

  /** Connects to nothing yet. */
  public Upstreams(Transport transport, Bounds bounds) {
    this(transport, bounds, InetAddress::getByName);
  }

  Upstreams(Transport transport, Bounds bounds, Names names) {
    this.transport = transport;
    this.bounds = bounds;
    this.names = names;
  }

  /**
   * An answer of a target; nothing happens before it is started.
   *
   * @param loop owns the stream
   */
  public Source open(Target target, ChatRequest request, Passed passed, EventLoop loop) {
    return new HttpSource(this, target, request, passed, loop, () -> false, () -> false);
  }

  /** An answer of a worker, waited for while it restarts. */
  public Source open(Worker worker, ChatRequest request, Passed passed, EventLoop loop) {
    return new WorkerSource(this, worker, request, passed, loop);
  }

  Bounds bounds() {
    return bounds;
  }

  ByteBufAllocator allocator() {
    return ByteBufAllocator.DEFAULT;
  }

  Pool.OfTarget pool(EventLoop loop, Target target) {
    return pool.of(loop, target);
  }

  /** Connects; one of the two is called on the loop. */
  void connect(EventLoop loop, Target target, Consumer<Connection> made, Runnable failed) {
    Address.Tcp proxy = target.way().proxy();
    switch (transport.socketAddress(proxy == null ? target.address() : proxy)) {
      case InetSocketAddress name when name.isUnresolved() ->
          Thread.ofVirtual().name("resolve").start(() -> resolve(loop, target, name, made, failed));
      case SocketAddress address -> connect(loop, target, address, made, failed);
    }
  }

  /**
   * Looks a name up where it may block, and refuses what it must not stand for. The JDK caches what
   * it finds, by default for 30 s.
   */
  private void resolve(
      EventLoop loop,
      Target target,
      InetSocketAddress name,
      Consumer<Connection> made,
      Runnable failed) {
    try {
      InetAddress found = names.find(name.getHostString());
      if (OffLimits.address(found)) {
        LOG.atWarn()
            .addKeyValue("target", target.name())
            .log("the target is at a forbidden address");
        loop.execute(failed);
        return;
      }
      var address = new InetSocketAddress(found, name.getPort());
      loop.execute(() -> connect(loop, target, address, made, failed));
    } catch (UnknownHostException e) {
      loop.execute(failed);
    }
  }

  private void connect(
      EventLoop loop,
      Target target,
      SocketAddress address,
      Consumer<Connection> made,
      Runnable failed) {
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(transport.clients(target.address()))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) bounds.connect().toMillis());
    if (target.address() instanceof Address.Tcp) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true);
    }
    HttpProxyHandler tunnel = tunnel(target, address);
    ChannelFuture connecting =
        bootstrap
            .disableResolver()
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tunnel != null) {
                      channel.pipeline().addLast(tunnel);
                    }
                    pipeline(channel, target);
                  }
                })
            .connect(tunnel == null ? address : tunnelled(target));
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            made.accept(connecting.channel().pipeline().get(Connection.class));
          } else {
            failed.run();
          }
        });
  }

  /** With TLS, a proxy is asked for a tunnel; it looks the target's name up itself. */
  private @Nullable HttpProxyHandler tunnel(Target target, SocketAddress proxy) {
    boolean tls = target.address() instanceof Address.Tcp tcp && tcp.tls();
    if (target.way().proxy() == null || !tls) {
      return null;
    }
    var handler = new HttpProxyHandler(proxy);
    handler.setConnectTimeoutMillis(bounds.connect().toMillis());
    return handler;
  }

  private SocketAddress tunnelled(Target target) {
    return transport.socketAddress(target.address());
  }

  private void pipeline(Channel channel, Target target) {
    if (target.address() instanceof Address.Tcp tcp && tcp.tls()) {
      channel.pipeline().addLast(tls.handler(target, tcp, channel.alloc()));
    }
    channel
        .pipeline()
        .addLast(new HttpResponseDecoder(new HttpDecoderConfig().setMaxHeaderSize(64 * 1024)))
        .addLast(new Connection(channel, pool.of(channel.eventLoop(), target)));
  }
}
