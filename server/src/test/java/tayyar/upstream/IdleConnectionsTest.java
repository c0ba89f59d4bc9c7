package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static tayyar.testing.Answers.stream;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.api.Trace;
import tayyar.net.Transport;
import tayyar.openai.OpenAiTargets;
import tayyar.testing.QuietSink;
import tayyar.testing.RawUpstream;
import tayyar.testing.RawUpstream.Peer;
import tayyar.testing.TestGateway;

/** Idle connections: bytes and ends that come unseen, and keep-alive probes. */
@Tag("socket")
@Timeout(20)
final class IdleConnectionsTest {
  private static final String BODY = "{\"model\":\"m\"}";
  private static final InferenceRequest REQUEST =
      new InferenceRequest(
          "m",
          List.of(),
          true,
          false,
          Sampling.NONE,
          List.of(),
          Set.of(),
          BODY.getBytes(UTF_8),
          new InferenceRequest.Spans(1, 9, 12, -1, -1, -1, -1));

  private RawUpstream upstream;

  /** An act of a peer that the other side has not noticed yet. */
  private interface Act {
    void of(Peer peer) throws Exception;
  }

  /** Waits for an end. */
  private static final class Listener extends QuietSink {
    final CompletableFuture<@Nullable ApiError> end = new CompletableFuture<>();

    @Override
    public void done() {
      end.complete(null);
    }

    @Override
    public void failed(ApiError error) {
      end.complete(error);
    }
  }

  @BeforeEach
  void start() throws Exception {
    upstream = RawUpstream.start(request -> request.peer().send(stream("mine")));
  }

  @AfterEach
  void stop() throws Exception {
    upstream.close();
  }

  /** Whether a connection is given out right after its peer's act. */
  private boolean isGivenOut(Transport transport, Act act) throws Exception {
    EventLoopGroup loops = transport.loops(1);
    try {
      var upstreams = new Upstreams(transport, Bounds.DEFAULT, _ -> new OpenAiTargets());
      EventLoop loop = loops.next();
      Target target = upstream.target("t");
      answered(upstreams, loop, target);
      Peer peer = upstream.requests().getLast().peer();
      return loop.submit(
              () -> {
                act.of(peer);
                return upstreams.pool(loop, target).take() != null;
              })
          .get();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  /** The kernel lists the timer of each socket; 02 is the keep-alive timer. */
  @ParameterizedTest
  @EnumSource
  @EnabledOnOs(OS.LINUX)
  void theKernelLooksAfterIdleConnections(Transport transport) throws Exception {
    EventLoopGroup loops = transport.loops(1);
    try {
      var upstreams = new Upstreams(transport, Bounds.DEFAULT, _ -> new OpenAiTargets());
      answered(upstreams, loops.next(), upstream.target("t"));

      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> assertThat(timers()).isNotEmpty().allMatch(one -> one.startsWith("02:")));
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  /** Returns the timers of established connections to the upstream. */
  private List<String> timers() throws IOException {
    String port = ":%04X".formatted(((Address.Tcp) upstream.target("t").address()).port());
    List<String> timers = new ArrayList<>();
    for (String list : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(list))) {
        String[] row = line.strip().split(" +", -1);
        if (row[2].endsWith(port) && row[3].equals("01")) {
          timers.add(row[5]);
        }
      }
    }
    return timers;
  }

  private static void answered(Upstreams upstreams, EventLoop loop, Target target)
      throws Exception {
    var listener = new Listener();
    var source =
        upstreams.open(
            target,
            REQUEST,
            new Passed("req_1", Trace.NONE, false, Room.ENDLESS, ""),
            Duration.ofSeconds(5),
            loop);
    loop.execute(() -> source.start(listener));
    assertThat(listener.end.get(10, TimeUnit.SECONDS)).isNull();
  }

  /** Resets the connection, and waits for its reading thread to close it. */
  private void reset(Peer peer) throws IOException {
    peer.reset();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !upstream.isOpen(peer));
  }

  @ParameterizedTest
  @EnumSource
  void anIdleConnectionIsGivenOutOnlyWhereNothingHasComeSince(Transport transport)
      throws Exception {
    assertThat(isGivenOut(transport, _ -> {})).isTrue();
    List<Act> acts =
        List.of(
            peer -> peer.send(stream("yours")), peer -> peer.send("\n"), Peer::end, this::reset);
    for (Act act : acts) {
      // A busy kernel may deliver it a moment later.
      Awaitility.await().atMost(TestGateway.SOON).until(() -> !isGivenOut(transport, act));
    }
  }
}
