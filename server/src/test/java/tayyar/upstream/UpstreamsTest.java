package tayyar.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tayyar.api.Bounds;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.net.Transport;
import tayyar.openai.OpenAiTargets;

final class UpstreamsTest {
  @Test
  void aNameThatComesToStandForMetadataIsNotConnectedTo() throws Exception {
    EventLoopGroup loops = Transport.NIO.loops(1);
    try {
      var upstreams =
          new Upstreams(
              Transport.NIO,
              Bounds.DEFAULT,
              _ -> new OpenAiTargets(),
              name -> List.of(InetAddress.ofLiteral("169.254.169.254")));
      var target = new Target("t", new Address.Tcp("gpu-1", 80, false), "/v1", "m", null);
      var said = new CompletableFuture<String>();
      EventLoop loop = loops.next();
      var dial =
          new Dial(
              upstreams,
              loop,
              target,
              Duration.ofSeconds(5),
              made -> said.complete("made"),
              () -> said.complete("refused"));
      loop.execute(dial::start);

      assertThat(said.get(1, TimeUnit.SECONDS)).isEqualTo("refused");
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
