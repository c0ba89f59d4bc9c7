package tayyar.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.proxy.HttpProxyHandler;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.InferenceRequest;
import tayyar.api.Source;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.ErrorText;
import tayyar.dialect.TargetDialect;
import tayyar.net.Transport;

/**
 * Reaches all targets: creates sources, connects, keeps idle connections. Safe for use by any event
 * loop; the objects of a stream stay on its loop.
 */
public final class Upstreams {
  private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);
  private static final int ODD_ENDS_MAX = 1_000;

  private final Transport transport;
  private final Bounds bounds;
  private final Function<Target, TargetDialect> dialects;
  private final IdleConnections pool;
  private final Tls tls = new Tls();

  /** The forms for targets that refused the usual one. */
  private final Map<Target, Form> forms = new ConcurrentHashMap<>();

  private final Names names;

  /** Pairs of target and unknown finish_reason that were logged. */
  private final Set<String> oddEnds = ConcurrentHashMap.newKeySet();

  /** Looks a name up; may block. */
  @FunctionalInterface
  interface Names {
    List<InetAddress> find(String name) throws UnknownHostException;
  }

  /**
   * Creates it without a connection. Names are looked up for each connection by the JDK, which
   * remembers what it finds, by default for 30 s.
   *
   * @param dialects the language of each target
   */
  public Upstreams(Transport transport, Bounds bounds, Function<Target, TargetDialect> dialects) {
    this(transport, bounds, dialects, name -> List.of(InetAddress.getAllByName(name)));
  }

  Upstreams(
      Transport transport, Bounds bounds, Function<Target, TargetDialect> dialects, Names names) {
    this.transport = transport;
    this.bounds = bounds;
    this.dialects = dialects;
    this.pool = new IdleConnections(dialects);
    this.names = names;
  }

  /**
   * Creates the source of a target's answer; it does nothing before it is started.
   *
   * @param connect the longest wait for a connection
   * @param loop owns the stream
   */
  public Source open(
      Target target, InferenceRequest request, Passed passed, Duration connect, EventLoop loop) {
    return new HttpSource(this, target, request, passed, connect, loop, () -> false, () -> false);
  }

  /**
   * Creates the source of an answer of a model of our own, which waits until the model is there.
   * The caller has entered it.
   */
  public Source open(
      Resident resident,
      InferenceRequest request,
      Passed passed,
      Duration connect,
      EventLoop loop) {
    return new WorkerSource(this, resident, request, passed, connect, loop);
  }

  /** Logs a target's unknown finish_reason, once for each. */
  void oddEnd(Target target, String word) {
    String cleaned = ErrorText.word(word);
    String clipped = cleaned == null ? "" : ErrorText.without(target.key(), cleaned);
    if (!clipped.isEmpty()
        && oddEnds.size() < ODD_ENDS_MAX
        && oddEnds.add(target.name() + " " + clipped)) {
      LOG.atWarn()
          .addKeyValue("target", target.name())
          .addKeyValue("finish_reason", clipped)
          .log("a finish_reason that nobody knows is passed on as stop");
    }
  }

  /** Returns the form in which a target is asked for a stream, as far as known. */
  Form form(Target target) {
    return forms.isEmpty() ? Form.STREAM : forms.getOrDefault(target, Form.STREAM);
  }

  /** Remembers a form that a target accepts, so that the refused one is not tried again. */
  void accepts(Target target, Form form) {
    if (form != form(target) && forms.size() < ODD_ENDS_MAX) {
      forms.put(target, form);
      LOG.atWarn()
          .addKeyValue("target", target.name())
          .addKeyValue("form", form.name().toLowerCase(Locale.ROOT))
          .log("a target refuses how it is asked for a stream; it is asked otherwise from now on");
    }
  }

  TargetDialect dialect(Target target) {
    return dialects.apply(target);
  }

  Bounds bounds() {
    return bounds;
  }

  ByteBufAllocator allocator() {
    return ByteBufAllocator.DEFAULT;
  }

  IdleConnections.OfTarget pool(EventLoop loop, Target target) {
    return pool.of(loop, target);
  }

  Names names() {
    return names;
  }

  /** Returns the first hop to a target; a host's name stays unresolved. */
  SocketAddress nextHop(Target target) {
    Address.Tcp proxy = target.access().proxy();
    return transport.socketAddress(proxy == null ? target.address() : proxy);
  }

  /** Connects to an address that is the target's next hop. */
  ChannelFuture connect(EventLoop loop, Target target, SocketAddress address, int mostMillis) {
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(transport.clients(target.address()))
            // A write that fails must not throw away what the target has said before.
            .option(ChannelOption.AUTO_CLOSE, false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, mostMillis);
    if (target.address() instanceof Address.Tcp) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true);
      transport.watch(bootstrap);
    }
    HttpProxyHandler tunnel = tunnel(target, address, mostMillis);
    return bootstrap
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
  }

  /** With TLS, a proxy is asked for a tunnel; it looks the target's name up itself. */
  private @Nullable HttpProxyHandler tunnel(Target target, SocketAddress proxy, int mostMillis) {
    boolean tls = target.address() instanceof Address.Tcp tcp && tcp.tls();
    if (target.access().proxy() == null || !tls) {
      return null;
    }
    var handler = new HttpProxyHandler(proxy);
    handler.setConnectTimeoutMillis(mostMillis);
    return handler;
  }

  private SocketAddress tunnelled(Target target) {
    return transport.socketAddress(target.address());
  }

  private void pipeline(Channel channel, Target target) {
    Tls.Records records =
        target.address() instanceof Address.Tcp tcp && tcp.tls()
            ? tls.records(target, tcp, channel.alloc())
            : null;
    IdleConnections.OfTarget its = pool.of(channel.eventLoop(), target);
    new Connection(channel, its, records, bounds.of(Bound.EVENT_BYTES)).addTo(channel.pipeline());
  }
}
