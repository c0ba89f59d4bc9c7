package tayyar.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.api.Target.Address;

@Tag("socket")
@Timeout(20)
final class TransportTest {
  @TempDir private Path folder;

  static Stream<Arguments> ways() {
    return Stream.of(Transport.best(), Transport.NIO)
        .distinct()
        .flatMap(one -> Stream.of(Arguments.of(one, false), Arguments.of(one, true)));
  }

  /** Two ends of a connection; the first reads nothing by itself. */
  private record Ends(Channel channel, SocketChannel peer) {}

  /** What is done with them. */
  private interface Use {
    void use(Ends ends) throws Exception;
  }

  private void with(Transport transport, boolean unix, Use use) throws Exception {
    EventLoopGroup loops = transport.loops(1);
    var family = unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET;
    try (ServerSocketChannel server = ServerSocketChannel.open(family)) {
      server.bind(
          unix
              ? UnixDomainSocketAddress.of(folder.resolve("s"))
              : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Channel channel = connect(transport, loops, server.getLocalAddress());
      try (SocketChannel peer = server.accept()) {
        use.use(new Ends(channel, peer));
      } finally {
        if (channel.isOpen()) {
          channel.close().sync();
        }
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private static Channel connect(Transport transport, EventLoopGroup loops, SocketAddress at)
      throws InterruptedException {
    Address address =
        at instanceof InetSocketAddress tcp
            ? new Address.Tcp("127.0.0.1", tcp.getPort(), false)
            : new Address.Unix(at.toString());
    SocketAddress to = at instanceof InetSocketAddress ? at : transport.socketAddress(address);
    return new Bootstrap()
        .group(loops)
        .channelFactory(transport.clients(address))
        .option(ChannelOption.AUTO_READ, false)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(to)
        .sync()
        .channel();
  }

  private static boolean isQuiet(Ends ends) throws Exception {
    return ends.channel().eventLoop().submit(() -> Transport.isQuiet(ends.channel())).get();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aChannelIsQuietUntilAByteComes(Transport transport, boolean unix) throws Exception {
    with(
        transport,
        unix,
        ends -> {
          assertThat(isQuiet(ends)).isTrue();
          assertThat(isQuiet(ends)).isTrue();
          ends.peer().write(ByteBuffer.wrap(new byte[] {1}));
          assertThat(isQuiet(ends)).isFalse();
        });
  }

  @ParameterizedTest
  @MethodSource("ways")
  void orAnEnd(Transport transport, boolean unix) throws Exception {
    with(
        transport,
        unix,
        ends -> {
          ends.peer().shutdownOutput();
          assertThat(isQuiet(ends)).isFalse();
        });
  }

  @ParameterizedTest
  @MethodSource("ways")
  void orAReset(Transport transport, boolean unix) throws Exception {
    with(
        transport,
        unix,
        ends -> {
          reset(ends.peer(), unix);
          assertThat(isQuiet(ends)).isFalse();
        });
  }

  private static void reset(SocketChannel peer, boolean unix) throws IOException {
    if (!unix) {
      peer.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
    }
    peer.close();
  }

  /** Netty's own loop leaves them open where it is told to end within a turn. */
  @ParameterizedTest
  @MethodSource("ways")
  void theEndOfALoopClosesItsChannels(Transport transport, boolean unix) throws Exception {
    with(
        transport,
        unix,
        ends -> {
          EventLoop loop = ends.channel().eventLoop();
          loop.submit(() -> loop.shutdownGracefully(0, 2, TimeUnit.SECONDS)).sync();
          loop.terminationFuture().sync();
          assertThat(ends.channel().isOpen()).isFalse();
          assertThat(ends.peer().read(ByteBuffer.allocate(1))).isEqualTo(-1);
        });
  }
}
