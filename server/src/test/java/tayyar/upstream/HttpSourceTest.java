package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Target;
import tayyar.api.Trace;
import tayyar.net.Transport;
import tayyar.openai.OpenAiTargets;
import tayyar.testing.BytesUpstream;
import tayyar.testing.Logged;
import tayyar.testing.QuietSink;

/** A bug of ours in reading an answer is no failure of the target. */
@Tag("socket")
class HttpSourceTest {

  /** A reader with a bug in it. */
  private static final class Broken extends QuietSink {
    final CompletableFuture<ApiError> failed = new CompletableFuture<>();

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      throw new IllegalStateException("a bug");
    }

    @Override
    public void finish(int choice, FinishReason reason) {
      throw new AssertionError("a bug");
    }

    @Override
    public void done() {
      throw new IllegalStateException("a bug");
    }

    @Override
    public void failed(ApiError error) {
      failed.complete(error);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}",
        "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}"
      })
  void aBugOfOurs(String event) throws Exception {
    EventLoopGroup loops = Transport.NIO.loops(1);
    try (var upstream = new BytesUpstream().streams(event);
        var log = Logged.of(HttpSource.class)) {
      var address = new Target.Address.Tcp("127.0.0.1", upstream.port(), false);
      var target = new Target("t", address, "/v1", "m", null);
      EventLoop loop = loops.next();
      var reader = new Broken();
      var source =
          new Upstreams(Transport.NIO, Bounds.DEFAULT, _ -> new OpenAiTargets())
              .open(
                  target,
                  request(),
                  new Passed("req_7", Trace.NONE, false, Room.ENDLESS, ""),
                  Duration.ofSeconds(5),
                  loop);
      loop.execute(() -> source.start(reader));

      assertThat(reader.failed.get(5, TimeUnit.SECONDS)).isEqualTo(new ApiError.Internal());
      assertThat(log.events())
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.getMessage()).isEqualTo("an answer could not be read");
                assertThat(line.getThrowableProxy().getMessage()).isEqualTo("a bug");
                assertThat(line.getKeyValuePairs().toString()).contains("req_7");
              });
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private static InferenceRequest request() {
    byte[] body = "{\"model\":\"m\",\"messages\":[]}".getBytes(UTF_8);
    return new InferenceRequest(
        "m",
        List.of(),
        true,
        false,
        Sampling.NONE,
        List.of(),
        Set.of(),
        body,
        new InferenceRequest.Spans(1, 9, 12, -1, -1, -1, -1));
  }
}
