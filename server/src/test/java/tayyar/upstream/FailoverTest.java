package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.api.ApiError;
import tayyar.api.Attempt;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.InferenceRequest;
import tayyar.api.Model;
import tayyar.api.Outcome.Phase;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.Target;
import tayyar.api.Trace;
import tayyar.api.Tried;
import tayyar.api.Usage;
import tayyar.openai.OpenAiTargets;
import tayyar.routing.Fleet;
import tayyar.routing.LeastInFlight;
import tayyar.routing.Router;
import tayyar.routing.Standing;
import tayyar.routing.Streams;
import tayyar.testing.Gates;
import tayyar.testing.QuietSink;

/** The deadlines of tries, also while the reader is slow. */
class FailoverTest {
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofHours(1));

  /** A source driven by the test, which remembers the calls it got. */
  private static final class Scripted implements Source {
    private final String target;
    private @Nullable Sink sink;
    private boolean paused;
    private boolean cancelled;

    Scripted(String target) {
      this.target = target;
    }

    @Override
    public void start(Sink to) {
      sink = to;
    }

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      paused = false;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    void fail(ApiError error) {
      if (sink != null) {
        sink.failed(error);
      }
    }

    void count() {
      if (sink != null && !cancelled) {
        sink.usage(new Usage(1, 1, 0, false));
        sink.flush();
      }
    }

    void say() {
      if (sink != null) {
        sink.delta(0, Sink.Kind.CONTENT, "a".getBytes(UTF_8), 0, 1);
        sink.flush();
      }
    }
  }

  private static final class Reader extends QuietSink {
    private final List<ApiError> errors = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();

    @Override
    public void attempt(Attempt attempt) {
      attempts.add(attempt);
    }

    @Override
    public void failed(ApiError error) {
      errors.add(error);
    }
  }

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Scripted> sources = new ArrayList<>();
  private final Reader reader = new Reader();
  private long now;
  private boolean broken;
  private final Router router =
      new Router(new Fleet(List.of(served(target("a"), target("b")))), () -> now);

  @BeforeEach
  void stopTheClock() {
    channel.freezeTime();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(router.inFlight()).isZero();
    assertThat(router.waiting()).isZero();
    assertThat(channel.runScheduledPendingTasks()).as("no timer is left").isEqualTo(-1);
    channel.close();
  }

  private static Target target(String name) {
    return new Target(name, new Target.Address.Tcp(name, 80, false), "/v1", name, null);
  }

  private static Fleet.Served served(Target... targets) {
    return new Fleet.Served(
        new Model("m", 0, "t", null, null, List.of()),
        List.of(targets).stream().map(target -> new Fleet.Member(target, 1, 1)).toList(),
        new Fleet.Rules(new LeastInFlight(), List.of(), 5, Streams.WANTED, BOUNDS));
  }

  private Failover start() {
    var request =
        new InferenceRequest(
            "m",
            List.of(),
            true,
            false,
            Sampling.NONE,
            List.of(),
            Set.of(),
            new byte[0],
            new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1));
    var failover =
        new Failover(
            router.route(request, "key", channel.eventLoop(), Bill.FREE),
            (taken, rest, trace) -> {
              if (broken) {
                throw new IllegalStateException("a bug");
              }
              sources.add(new Scripted(taken.target().name()));
              return sources.getLast();
            },
            OpenAiTargets::continued,
            request,
            Trace.NONE,
            Room.ENDLESS,
            channel.eventLoop(),
            () -> now);
    failover.start(reader);
    return failover;
  }

  private void pass(Duration time) {
    now += time.toNanos();
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  /** Some servers send usage again and again, without text. */
  @Test
  void numbersAreNoTokens() {
    start();
    sources.getFirst().say();
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofMillis(750));
      sources.getFirst().count();
    }
    assertThat(reader.errors).containsExactly(new ApiError.UpstreamTimeout(Phase.BETWEEN_TOKENS));
  }

  @Test
  void eachTryHasItsOwnTimeToTheFirstToken() {
    start();
    pass(Duration.ofMillis(9_999));
    assertThat(sources).hasSize(1);
    pass(Duration.ofMillis(1));
    assertThat(sources).extracting(source -> source.target).containsExactly("a", "b");
    assertThat(sources.getFirst().cancelled).isTrue();
    pass(Duration.ofMillis(9_999));
    assertThat(reader.errors).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(reader.errors).containsExactly(new ApiError.UpstreamTimeout(Phase.FIRST_TOKEN));
    assertThat(reader.attempts)
        .containsExactly(new Attempt(1, "m", "a", false), new Attempt(2, "m", "b", false));
  }

  @Test
  void tellsWhyEachTryEnded() {
    Failover failover = start();
    pass(Duration.ofSeconds(10));
    sources.getLast().say();
    pass(Duration.ofSeconds(1));
    failover.cancel();
    assertThat(failover.sought(0).tries())
        .containsExactly(
            new Tried("a", "m", "", 0, -1, 10_000_000, "timeout_first_token", "", ""),
            new Tried("b", "m", "", 10_000_000, 10_000_000, 11_000_000, "cancelled", "", ""));
  }

  @Test
  void aStallInTheMiddleIsTold() {
    start();
    pass(Duration.ofSeconds(9));
    sources.getFirst().say();
    pass(Duration.ofMillis(2_999));
    sources.getFirst().say();
    pass(Duration.ofMillis(2_999));
    assertThat(reader.errors).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(reader.errors).containsExactly(new ApiError.UpstreamTimeout(Phase.BETWEEN_TOKENS));
    assertThat(sources.getFirst().cancelled).isTrue();
    assertThat(sources).hasSize(1);
  }

  @Test
  void timeSpentPausedIsNotTheTargets() {
    Failover failover = start();
    sources.getFirst().say();
    failover.pause();
    assertThat(sources.getFirst().paused).isTrue();
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofSeconds(1));
    }
    failover.resume();
    assertThat(sources.getFirst().paused).isFalse();
    pass(Duration.ofMillis(2_999));
    assertThat(reader.errors).isEmpty();
    failover.cancel();
  }

  /** Another target would give the same error. */
  @ParameterizedTest
  @FieldSource("NOT_THE_TARGETS")
  void faultsOfTheRequestAndOursAreNotTriedElsewhere(ApiError error) {
    for (int i = 0; i < 20; i++) {
      start();
      sources.getLast().fail(error);
    }
    assertThat(reader.errors).hasSize(20).containsOnly(error);
    assertThat(sources).hasSize(20);
    assertThat(avoided()).isEmpty();
  }

  static final List<ApiError> NOT_THE_TARGETS =
      List.of(
          new ApiError.Relayed(400, "t", null, null, "no"),
          new ApiError.InputTooLarge("input", "no"),
          new ApiError.UnreadableAnswer("no"),
          new ApiError.MemoryFull(),
          new ApiError.Internal());

  @Test
  void nobodysFaultsAreTriedElsewhere() {
    start();
    sources.getLast().fail(new ApiError.QueueFull());
    sources.getLast().fail(new ApiError.ModelNotSupportedOnEndpoint("m"));
    assertThat(sources).extracting(source -> source.target).containsExactly("a", "b");
    assertThat(reader.errors).containsExactly(new ApiError.ModelNotSupportedOnEndpoint("m"));
    assertThat(avoided()).isEmpty();
  }

  /** A client with half an answer sees that it broke off; the target rests all the same. */
  @Test
  void aTargetThatIsBusyInTheMiddleRests() {
    start();
    sources.getFirst().say();
    sources.getFirst().fail(new ApiError.UpstreamBusy(7));
    assertThat(reader.errors)
        .containsExactly(
            new ApiError.UpstreamFailed("it broke its answer off, for it has too much to do."));
    assertThat(avoided()).containsExactly("a");
    pass(Duration.ofSeconds(7));
    assertThat(avoided()).isEmpty();
  }

  private List<String> avoided() {
    return router.standing().stream()
        .filter(Standing::avoided)
        .map(standing -> standing.target().name())
        .toList();
  }

  /** A bug at the second target's beginning, where no caller catches it. */
  @Test
  void aBugAtTheBeginningIsToldAtOnce() {
    start();
    broken = true;
    assertThatThrownBy(() -> sources.getFirst().fail(new ApiError.UpstreamFailed("no")))
        .hasMessage("a bug");
    assertThat(reader.errors).containsExactly(new ApiError.Internal());
    pass(Duration.ofMinutes(1));
    assertThat(reader.errors).hasSize(1);
  }

  @Test
  void tooLongAWaitForAPlaceIsQueueFull() {
    Failover first = start();
    Failover second = start();
    sources.forEach(Scripted::say);
    start();
    for (int i = 0; i < 5; i++) {
      pass(Duration.ofSeconds(2));
      sources.forEach(Scripted::say);
    }
    assertThat(sources).hasSize(2);
    assertThat(reader.errors).containsExactly(new ApiError.QueueFull());
    first.cancel();
    second.cancel();
  }

  @Test
  void aCancelledOneIsNeverHeardOfAgain() {
    Failover failover = start();
    failover.cancel();
    failover.cancel();
    sources.getFirst().say();
    pass(Duration.ofMinutes(1));
    assertThat(sources).hasSize(1);
    assertThat(sources.getFirst().cancelled).isTrue();
    assertThat(reader.errors).isEmpty();
  }
}
