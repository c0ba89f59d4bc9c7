package tayyar.telemetry;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.Outcome;
import tayyar.api.Tried;
import tayyar.api.Usage;

/**
 * The histograms of OpenTelemetry's GenAI conventions, with the conventions' boundaries, for one
 * model at one target and one range of prompt sizes. Towards its clients the gateway is the server,
 * towards a target it is the client.
 */
final class GenAiMeters {
  private static final Duration[] TO_FIRST_TOKEN =
      seconds(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);
  private static final Duration[] PER_TOKEN =
      seconds(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5);
  private static final Duration[] OPERATION =
      seconds(
          0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
  private static final double[] TOKENS = {
    1,
    4,
    16,
    64,
    256,
    1_024,
    4_096,
    16_384,
    65_536,
    262_144,
    1_048_576,
    4_194_304,
    16_777_216,
    67_108_864
  };

  private final MeterRegistry registry;
  private final Tags tags;
  private final ConcurrentHashMap<String, Timer> requests = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Timer> operations = new ConcurrentHashMap<>();
  private final Late<Timer> firstToken = new Late<>(this::first);
  private final Late<Timer> perToken = new Late<>(this::each);
  private final Late<DistributionSummary> input = new Late<>(() -> tokens("input"));
  private final Late<DistributionSummary> output = new Late<>(() -> tokens("output"));

  /** A meter that is made at its first use. Two threads that make it at once get the same one. */
  private static final class Late<T> {
    private final Supplier<T> make;
    private volatile @Nullable T made;

    Late(Supplier<T> make) {
      this.make = make;
    }

    T get() {
      T known = made;
      if (known == null) {
        known = make.get();
        made = known;
      }
      return known;
    }
  }

  /** Sizes of prompts, by the bytes of the request's body. */
  enum PromptSize {
    UNDER_1K(1 << 10),
    UNDER_4K(1 << 12),
    UNDER_16K(1 << 14),
    UNDER_64K(1 << 16),
    UNDER_256K(1 << 18),
    MORE(Long.MAX_VALUE);

    private static final PromptSize[] ALL = values();
    private final long below;

    PromptSize(long below) {
      this.below = below;
    }

    static PromptSize of(long bytes) {
      int at = 0;
      while (bytes >= ALL[at].below) {
        at++;
      }
      return ALL[at];
    }

    String label() {
      return this == MORE ? "256k-" : "-" + (below >> 10) + "k";
    }
  }

  GenAiMeters(
      MeterRegistry registry, Endpoint endpoint, String model, String target, PromptSize size) {
    this.registry = registry;
    this.tags =
        Tags.of(
            "gen_ai.operation.name",
            Provider.operation(endpoint),
            "gen_ai.request.model",
            model,
            "gen_ai.provider.name",
            Provider.of(target),
            "target",
            target,
            "prompt_size",
            size.label());
  }

  /** The request as the client sees it. */
  void ended(Ended ended) {
    Ended.Timing timing = ended.timing();
    of(requests, ended.outcome().reason(), this::request)
        .record(timing.durationMicros(), TimeUnit.MICROSECONDS);
    if (ended.outcome() instanceof Outcome.Completed && timing.firstTokenMicros() >= 0) {
      firstToken.get().record(timing.firstTokenMicros(), TimeUnit.MICROSECONDS);
      perToken(ended.usage(), timing);
    }
    if (!ended.usage().estimated() && ended.usage().promptTokens() > 0) {
      input.get().record(ended.usage().promptTokens());
      output.get().record(ended.usage().completionTokens());
    }
  }

  /** Looks a meter up before it lets the map make one, which takes a lock. */
  private static Timer of(
      ConcurrentHashMap<String, Timer> all, String error, Function<String, Timer> make) {
    Timer known = all.get(error);
    return known == null ? all.computeIfAbsent(error, make) : known;
  }

  private void perToken(Usage usage, Ended.Timing timing) {
    if (usage.completionTokens() > 1) {
      long rest = timing.durationMicros() - timing.firstTokenMicros();
      perToken.get().record(rest * 1000 / (usage.completionTokens() - 1), TimeUnit.NANOSECONDS);
    }
  }

  /** One try at this target. */
  void tried(Tried tried) {
    of(operations, tried.completed() ? "" : tried.ending(), this::operation)
        .record(tried.endedMicros() - tried.startedMicros(), TimeUnit.MICROSECONDS);
  }

  private Timer request(String error) {
    return timer(
        "gen_ai.server.request.duration",
        "From the request's head to the end of its answer.",
        tags.and("error.type", error),
        OPERATION);
  }

  private Timer operation(String error) {
    return timer(
        "gen_ai.client.operation.duration",
        "One try at a target, from its beginning to its end.",
        tags.and("error.type", error),
        OPERATION);
  }

  private Timer first() {
    return timer(
        "gen_ai.server.time_to_first_token",
        "From the request's head to the first content of a good answer.",
        tags,
        TO_FIRST_TOKEN);
  }

  private Timer each() {
    return timer(
        "gen_ai.server.time_per_output_token",
        "Time for each token of a good answer behind the first.",
        tags,
        PER_TOKEN);
  }

  private DistributionSummary tokens(String type) {
    return DistributionSummary.builder("gen_ai.client.token.usage")
        .description("Tokens of a request as the target counted them.")
        .tags(tags.and("gen_ai.token.type", type))
        .serviceLevelObjectives(TOKENS)
        .register(registry);
  }

  private Timer timer(String name, String help, Tags its, Duration[] buckets) {
    return Timer.builder(name)
        .description(help)
        .tags(its)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  private static Duration[] seconds(double... values) {
    return DoubleStream.of(values)
        .mapToObj(value -> Duration.ofNanos(Math.round(value * 1e9)))
        .toArray(Duration[]::new);
  }
}
