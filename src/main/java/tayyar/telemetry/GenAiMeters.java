package tayyar.telemetry;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.Outcome;
import tayyar.api.Tried;
import tayyar.api.Usage;

/**
 * The histograms of OpenTelemetry's GenAI conventions, with the boundaries they name, for one model
 * at one target. Towards its clients the gateway is the server, towards a target it is the client.
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
  private final ConcurrentHashMap<PromptSize, Timer> firstToken = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, DistributionSummary> tokens = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Timer> perToken = new ConcurrentHashMap<>();

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

  GenAiMeters(MeterRegistry registry, Endpoint endpoint, String model, String target) {
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
            target);
  }

  /** The request as the client sees it. */
  void ended(Ended ended) {
    Ended.Timing timing = ended.timing();
    record(requests.computeIfAbsent(Ending.of(ended.outcome()), this::request), timing);
    if (ended.outcome() instanceof Outcome.Completed) {
      if (timing.firstTokenMicros() >= 0) {
        firstToken
            .computeIfAbsent(PromptSize.of(ended.course().bytesIn()), this::first)
            .record(timing.firstTokenMicros(), TimeUnit.MICROSECONDS);
      }
      perToken(ended.usage(), timing);
    }
    if (!ended.usage().estimated() && ended.usage().promptTokens() > 0) {
      tokens.computeIfAbsent("input", this::tokens).record(ended.usage().promptTokens());
      tokens.computeIfAbsent("output", this::tokens).record(ended.usage().completionTokens());
    }
  }

  private static void record(Timer timer, Ended.Timing timing) {
    timer.record(timing.durationMicros(), TimeUnit.MICROSECONDS);
  }

  private void perToken(Usage usage, Ended.Timing timing) {
    if (timing.firstTokenMicros() >= 0 && usage.completionTokens() > 1) {
      long rest = timing.durationMicros() - timing.firstTokenMicros();
      perToken
          .computeIfAbsent("", _ -> perToken())
          .record(rest * 1000 / (usage.completionTokens() - 1), TimeUnit.NANOSECONDS);
    }
  }

  /** One try at this target. */
  void tried(Tried tried) {
    boolean well = tried.ending().equals(Tried.COMPLETED) || tried.ending().equals(Tried.CANCELLED);
    operations
        .computeIfAbsent(well ? "" : tried.ending(), this::operation)
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

  private Timer first(PromptSize size) {
    return timer(
        "gen_ai.server.time_to_first_token",
        "From the request's head to the first content of a good answer.",
        tags.and("prompt_size", size.label()),
        TO_FIRST_TOKEN);
  }

  private Timer perToken() {
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
