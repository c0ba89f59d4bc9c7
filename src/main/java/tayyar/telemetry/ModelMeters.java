package tayyar.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import tayyar.api.Ended;
import tayyar.api.Outcome;
import tayyar.api.Usage;

/** The meters of one model. */
final class ModelMeters {
  private static final Duration[] TO_FIRST_TOKEN =
      millis(
          5, 10, 25, 50, 100, 200, 350, 500, 750, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000,
          300_000);
  private static final Duration[] BETWEEN_TOKENS =
      millis(1, 2, 5, 10, 15, 20, 30, 40, 60, 80, 100, 150, 250, 500, 1_000, 5_000, 60_000);
  private static final Duration[] IN_ALL =
      millis(
          10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000,
          600_000, 3_600_000);

  private final Timer firstToken;
  private final Timer gap;
  private final Timer longGap;
  private final Timer duration;
  private final Counter cancelled;
  private final Counter retries;
  private final Tokens exact;
  private final Tokens estimated;

  ModelMeters(MeterRegistry registry, String model) {
    firstToken =
        timer(
            registry,
            model,
            "tayyar.time.to.first.token",
            "From the request's head to the first content.",
            TO_FIRST_TOKEN);
    gap =
        timer(
            registry,
            model,
            "tayyar.inter.token",
            "Each request's median time between two deltas.",
            BETWEEN_TOKENS);
    longGap =
        timer(
            registry,
            model,
            "tayyar.inter.token.p99",
            "Each request's 99th percentile of the time between two deltas.",
            BETWEEN_TOKENS);
    duration =
        timer(
            registry,
            model,
            "tayyar.request.duration",
            "From the request's head to its end.",
            IN_ALL);
    cancelled =
        Counter.builder("tayyar.requests.cancelled")
            .description("Requests whose client left before the end.")
            .tag("model", model)
            .register(registry);
    retries =
        Counter.builder("tayyar.retries")
            .description("Further targets asked because one before did not answer or broke off.")
            .tag("model", model)
            .register(registry);
    exact = new Tokens(registry, model, false);
    estimated = new Tokens(registry, model, true);
  }

  void ended(Ended ended) {
    Ended.Timing timing = ended.timing();
    record(firstToken, timing.firstTokenMicros());
    record(gap, timing.gapP50Micros());
    record(longGap, timing.gapP99Micros());
    record(duration, timing.durationMicros());
    if (ended.outcome() instanceof Outcome.ClientGone) {
      cancelled.increment();
    }
    retries.increment(Math.max(0, ended.attempts() - 1));
    (ended.usage().estimated() ? estimated : exact).add(ended.usage());
  }

  private static void record(Timer timer, long micros) {
    if (micros >= 0) {
      timer.record(micros, TimeUnit.MICROSECONDS);
    }
  }

  private static Timer timer(
      MeterRegistry registry, String model, String name, String help, Duration[] buckets) {
    return Timer.builder(name)
        .description(help)
        .tag("model", model)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  private static Duration[] millis(int... values) {
    return IntStream.of(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }

  /** Token counters; those of estimates stand apart from the exact ones. */
  private record Tokens(Counter prompt, Counter completion, Counter cached) {
    Tokens(MeterRegistry registry, String model, boolean estimated) {
      this(
          counter(registry, model, estimated, "prompt", "Tokens read."),
          counter(registry, model, estimated, "completion", "Tokens written."),
          counter(registry, model, estimated, "cached", "Prompt tokens found in a prefix cache."));
    }

    void add(Usage usage) {
      prompt.increment(usage.promptTokens());
      completion.increment(usage.completionTokens());
      cached.increment(usage.cachedTokens());
    }

    private static Counter counter(
        MeterRegistry registry, String model, boolean estimated, String kind, String help) {
      return Counter.builder("tayyar." + kind + ".tokens")
          .description(help)
          .tag("model", model)
          .tag("estimated", Boolean.toString(estimated))
          .register(registry);
    }
  }
}
