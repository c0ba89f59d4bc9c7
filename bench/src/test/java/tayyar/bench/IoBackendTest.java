package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("socket")
@Timeout(20)
final class IoBackendTest {
  @ParameterizedTest
  @EnumSource
  void theEndOfALoopClosesItsChannels(IoBackend backend) throws Exception {
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel channel =
          new Bootstrap()
              .group(backend.loops(1))
              .channelFactory(backend.channels(false))
              .handler(new ChannelInboundHandlerAdapter())
              .connect(listening.getLocalSocketAddress())
              .sync()
              .channel();
      try (Socket peer = listening.accept()) {
        EventLoop loop = channel.eventLoop();
        loop.submit(() -> loop.shutdownGracefully(0, 2, TimeUnit.SECONDS)).sync();
        loop.terminationFuture().sync();
        assertThat(channel.isOpen()).isFalse();
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
      }
    }
  }
}
