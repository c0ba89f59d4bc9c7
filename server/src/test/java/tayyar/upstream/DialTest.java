package tayyar.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tayyar.api.Bounds;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.net.Transport;
import tayyar.openai.OpenAiTargets;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;

/** Names are looked up, and their addresses tried in order. */
@Tag("socket")
@Timeout(20)
final class DialTest {
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress NOBODY = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress METADATA = InetAddress.ofLiteral("169.254.169.254");

  private EventLoopGroup loops;
  private Simulator simulator;

  @BeforeEach
  void start() throws IOException {
    loops = Transport.best().loops(1);
    simulator = Simulator.start(new InetSocketAddress(HERE, 0), Script.of(""));
  }

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    simulator.close();
  }

  /** A dial and its result. */
  private record Dialled(Dial dial, CompletableFuture<Boolean> made) {
    boolean isMade() throws Exception {
      return made.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private Dialled dial(Upstreams.Names names, Duration most) throws Exception {
    var upstreams =
        new Upstreams(Transport.best(), Bounds.DEFAULT, _ -> new OpenAiTargets(), names);
    var address = new Address.Tcp("upstream.test", simulator.address().getPort(), false);
    var target = new Target("t", address, "/v1", "m", null);
    var made = new CompletableFuture<Boolean>();
    var loop = loops.next();
    return loop.submit(
            () -> {
              var dial =
                  new Dial(
                      upstreams,
                      loop,
                      target,
                      most,
                      _ -> made.complete(true),
                      () -> made.complete(false));
              dial.start();
              return new Dialled(dial, made);
            })
        .get();
  }

  @Test
  void allAddressesAreTried() throws Exception {
    assertThat(dial(_ -> List.of(NOBODY, HERE), LONG).isMade()).isTrue();
    assertThat(dial(_ -> List.of(HERE, NOBODY), LONG).isMade()).isTrue();
    assertThat(dial(_ -> List.of(NOBODY, NOBODY), LONG).isMade()).isFalse();
  }

  @Test
  void aForbiddenAddressIsLeftOut() throws Exception {
    assertThat(dial(_ -> List.of(METADATA, HERE), LONG).isMade()).isTrue();
    assertThat(dial(_ -> List.of(METADATA), LONG).isMade()).isFalse();
  }

  @Test
  void anUnknownNameIsAFailure() throws Exception {
    Upstreams.Names none =
        name -> {
          throw new UnknownHostException(name);
        };
    assertThat(dial(none, LONG).isMade()).isFalse();
  }

  @Test
  void theNameIsLookedUpEachTime() throws Exception {
    var times = new AtomicInteger();
    Upstreams.Names moving = _ -> List.of(times.getAndIncrement() == 0 ? NOBODY : HERE);

    assertThat(dial(moving, LONG).isMade()).isFalse();
    assertThat(dial(moving, LONG).isMade()).isTrue();
    assertThat(times).hasValue(2);
  }

  @Test
  void aLookUpThatTakesTooLongIsAFailure() throws Exception {
    var end = new CountDownLatch(1);
    try {
      assertThat(dial(blocked(end), Duration.ofMillis(50)).isMade()).isFalse();
    } finally {
      end.countDown();
    }
    assertThat(simulator.accepted()).isZero();
  }

  @Test
  void aCancelledDialCallsNobodyAndMakesNoConnection() throws Exception {
    var end = new CountDownLatch(1);
    Dialled given = dial(blocked(end), LONG);
    loops.next().submit(given.dial()::cancel).get();
    end.countDown();

    assertThat(dial(_ -> List.of(HERE), LONG).isMade()).isTrue();
    Awaitility.await().until(() -> simulator.accepted() == 1);
    assertThat(given.made()).isNotDone();
  }

  private static Upstreams.Names blocked(CountDownLatch end) {
    return name -> {
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new UnknownHostException(name);
      }
      return List.of(HERE);
    };
  }
}
