package tayyar.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The way to an endpoint and the form of requests to it. Safe for use by any thread. */
final class EndpointLink {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int LENGTH_DIGITS = 12;
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(US_ASCII);

  private final MeasuredEndpoint endpoint;
  private final IoBackend backend;
  private final SocketAddress address;
  private final @Nullable SslContext tls;
  private final byte[] head;
  private final Http2Fields fields;

  /**
   * Looks the host up.
   *
   * @throws PlanException where it is unknown, or the trusted certificates can't be read
   */
  EndpointLink(MeasuredEndpoint endpoint, IoBackend backend, ConnectionUse use) {
    this.endpoint = endpoint;
    this.backend = backend;
    this.address = address(endpoint, backend);
    this.tls = tls(endpoint, use);
    this.fields = new Http2Fields(endpoint);
    String bearer =
        endpoint.key().isEmpty() ? "" : "Authorization: Bearer " + endpoint.key() + "\r\n";
    boolean hostGiven = endpoint.headerNames().anyMatch("host"::equals);
    this.head =
        ("POST "
                + endpoint.path()
                + endpoint.call()
                + endpoint.query()
                + " HTTP/1.1\r\n"
                + (hostGiven ? "" : "Host: " + endpoint.host() + "\r\n")
                + bearer
                + String.join("", endpoint.headers().stream().map(each -> each + "\r\n").toList())
                + "User-Agent: tayyar-bench\r\nAccept: text/event-stream, application/json\r\n"
                + "Content-Type: application/json\r\n"
                + (use.keepAlive() ? "" : "Connection: close\r\n")
                + "Content-Length: ")
            .getBytes(UTF_8);
  }

  private static SocketAddress address(MeasuredEndpoint endpoint, IoBackend backend) {
    return switch (endpoint.peer()) {
      case Peer.Unix unix -> backend.unix(unix.path());
      case Peer.Tcp tcp -> resolved(tcp);
    };
  }

  private static SocketAddress resolved(Peer.Tcp tcp) {
    try {
      return new InetSocketAddress(InetAddress.getByName(tcp.host()), tcp.port());
    } catch (UnknownHostException e) {
      throw new PlanException("The host '" + tcp.host() + "' is unknown.");
    }
  }

  /** One context for all connections: its sessions are taken up again. */
  private static @Nullable SslContext tls(MeasuredEndpoint endpoint, ConnectionUse use) {
    if (!(endpoint.peer() instanceof Peer.Tcp tcp && tcp.tls())) {
      return null;
    }
    try {
      return SslContextBuilder.forClient()
          .trustManager(Authorities.of(use.authorities()))
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.NO_ADVERTISE,
                  SelectedListenerFailureBehavior.ACCEPT,
                  use.http2()
                      ? ApplicationProtocolNames.HTTP_2
                      : ApplicationProtocolNames.HTTP_1_1))
          .build();
    } catch (SSLException e) {
      throw new PlanException("TLS can't be had here: " + e.getMessage() + ".");
    }
  }

  /**
   * Connects.
   *
   * @param prepare puts what speaks HTTP on top of a new channel's pipeline
   */
  ChannelFuture connect(EventLoop loop, Consumer<Channel> prepare) {
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(backend.channels(endpoint.peer() instanceof Peer.Unix))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .handler(new Pipeline(prepare));
    if (endpoint.peer() instanceof Peer.Tcp) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true);
    }
    return bootstrap.connect(address);
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    private final Consumer<Channel> prepare;

    Pipeline(Consumer<Channel> prepare) {
      this.prepare = prepare;
    }

    @Override
    protected void initChannel(Channel channel) {
      if (tls != null && endpoint.peer() instanceof Peer.Tcp tcp) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc(), tcp.host(), tcp.port()));
      }
      prepare.accept(channel);
    }
  }

  /** The head of a request over HTTP/2. */
  Http2Headers head(int bodyBytes) {
    return fields.head(bodyBytes);
  }

  /**
   * A whole request over HTTP/1.1. The body is written first, since its length is known last; the
   * head is put close in front.
   */
  ByteBuf request(DrawnRequest drawn, ByteBuf out) {
    int room = head.length + LENGTH_DIGITS + HEAD_END.length;
    out.writeZero(room);
    drawn.write(out);
    byte[] length = Integer.toString(out.readableBytes() - room).getBytes(US_ASCII);
    int start = room - head.length - length.length - HEAD_END.length;
    out.setBytes(start, head);
    out.setBytes(start + head.length, length);
    out.setBytes(room - HEAD_END.length, HEAD_END);
    return out.readerIndex(start);
  }

  /** The reason why a connection could not be made. */
  static String failure(Throwable cause) {
    return switch (cause) {
      case ConnectTimeoutException _ -> "connect_timeout";
      case ConnectException _ -> "connect_refused";
      default -> "connect";
    };
  }
}
