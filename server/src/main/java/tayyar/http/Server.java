package tayyar.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Room;
import tayyar.api.Target.Address;
import tayyar.limits.Budget;
import tayyar.net.Transport;
import tayyar.tls.Tls;

/** Accepts client connections on one address. Safe for use by any thread. */
public final class Server implements AutoCloseable {
  static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(16 * 1024, 64 * 1024);

  private final Routes routes;
  private final @Nullable Tls tls;
  private final boolean http2;
  private final byte[] always;
  private final Http2Headers alwaysFields;
  private final Bounds bounds;
  private final Live live;
  private final EventLoopGroup loops;
  private final Budget memory;
  private final Room nobody;
  private final Connections connections;
  private final Accepting accepting;
  private final Channel listener;
  private volatile boolean leaving;

  /**
   * Starts listening.
   *
   * @param tls what is spoken below HTTP; null for nothing
   * @param http2 whether clients may speak HTTP/2: by ALPN with TLS, by prior knowledge without
   * @param loops the event loops of the connections; not closed by this server
   * @param connectionsMax open connections at once; at this bound a new connection replaces an idle
   *     one, or is closed where none is idle
   * @param memory the memory for connections without a request
   * @throws IOException if the address can't be bound
   */
  public Server(
      Address address,
      @Nullable Tls tls,
      boolean http2,
      Transport transport,
      EventLoopGroup loops,
      Routes routes,
      Live live,
      Bounds bounds,
      int connectionsMax,
      Budget memory)
      throws IOException {
    this.routes = routes;
    this.tls = tls;
    this.http2 = http2;
    this.always = routes.forPages() ? ResponseHead.FOR_PAGES : ResponseHead.FOR_OPERATORS;
    this.alwaysFields = Http2Head.fields(always);
    this.live = live;
    this.loops = loops;
    this.bounds = bounds;
    this.memory = memory;
    this.nobody = memory.nobody();
    this.connections = new Connections(connectionsMax, nobody);
    this.accepting = new Accepting(connectionsMax);
    this.listener = listen(address, transport);
  }

  private Channel listen(Address address, Transport transport) throws IOException {
    var bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(transport.servers(address))
            .option(ChannelOption.SO_BACKLOG, 4096)
            .handler(accepting)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
            .childHandler(new Pipeline());
    if (address instanceof Address.Tcp) {
      bootstrap.option(ChannelOption.SO_REUSEADDR, true);
      bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
      bootstrap.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }
    ChannelFuture bound = bootstrap.bind(resolved(transport.socketAddress(address)));
    bound.awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    return bound.channel();
  }

  private static SocketAddress resolved(SocketAddress address) {
    return address instanceof InetSocketAddress name && name.isUnresolved()
        ? new InetSocketAddress(name.getHostString(), name.getPort())
        : address;
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      if (tls == null) {
        var _ = http1(channel);
      } else {
        channel.pipeline().addLast(new Handshake(Server.this, tls, channel));
      }
    }
  }

  /** Whether clients may speak HTTP/2. */
  boolean http2() {
    return http2;
  }

  /** Puts HTTP/2 on top of a connection whose channel is active. */
  Http2Connection http2(Channel channel) {
    var connection = new Http2Codec(this, channel).build();
    channel.pipeline().addLast(connection);
    return connection;
  }

  /** Puts HTTP/2 in the place of HTTP/1.1, which has read the beginning of its preface. */
  Http2Connection http2(Http1Connection before) {
    ChannelPipeline pipeline = before.channel().pipeline();
    Http2Connection connection = http2(before.channel());
    connection.open();
    pipeline.remove(before);
    pipeline.context(before.decoder()).fireChannelRead(Http2Head.prefaceRead());
    pipeline.remove(before.decoder());
    return connection;
  }

  /** Puts HTTP/1.1 on top of a connection; it begins once the channel is active. */
  Http1Connection http1(Channel channel) {
    var connection = new Http1Connection(this, channel);
    channel.pipeline().addLast(connection.decoder()).addLast(connection);
    return connection;
  }

  /** Returns the address; the port is the real one where 0 was asked for. */
  public SocketAddress address() {
    return listener.localAddress();
  }

  /** Its open connections. */
  Connections open() {
    return connections;
  }

  /** Returns the number of open client connections. */
  public int connections() {
    return connections.count();
  }

  /**
   * Sends clients on with the end of their answers, for it is about to stop: a proxy's connections
   * are used up by the time they are closed. Requests are still taken.
   */
  public void leave() {
    leaving = true;
  }

  /** Whether no connection is to be used again. */
  boolean leaving() {
    return leaving;
  }

  /** Returns all that it serves, each as a method and a path of its table. */
  public Set<String> operations() {
    return routes.operations();
  }

  Routes routes() {
    return routes;
  }

  byte[] always() {
    return always;
  }

  /** The same for HTTP/2. */
  Http2Headers alwaysFields() {
    return alwaysFields;
  }

  Bounds bounds() {
    return bounds;
  }

  Live live() {
    return live;
  }

  Room nobody() {
    return nobody;
  }

  /** Whether memory is short. */
  boolean tight() {
    return memory.tight();
  }

  /**
   * Stops: accepts no connection. Requests go on for the grace, then end with an error that their
   * clients see; one that comes on a connection just made is still served.
   */
  @Override
  public void close() {
    leaving = true;
    closeListener();
    connections.drain();
    await(bounds.of(Deadline.DRAIN), this::isQuiet);
    live.drain();
    connections.stop();
    await(Duration.ofSeconds(2), () -> live.count() == 0);
    connections.close();
  }

  private void closeListener() {
    accepting.close(listener);
    listener.closeFuture().awaitUninterruptibly();
    // Behind this, those accepted last are among the connections.
    loops.forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly());
  }

  /** Whether nothing is under way, and nothing on its way. */
  private boolean isQuiet() {
    return live.count() == 0 && !connections.anyNew();
  }

  /** Waits until it has held for a moment: what was accepted last shows a little later. */
  private static void await(Duration most, BooleanSupplier what) {
    long until = System.nanoTime() + most.toNanos();
    try {
      for (int held = 0;
          held < 3 && System.nanoTime() < until;
          held = what.getAsBoolean() ? held + 1 : 0) {
        Thread.sleep(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
