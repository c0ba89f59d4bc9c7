package tayyar.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
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
    var of = new Maker(registry, Tags.of("model", model));
    firstToken =
        of.timer(
            "time.to.first.token", "From the request's head to the first content.", TO_FIRST_TOKEN);
    gap = of.timer("inter.token", "Each request's median time between two deltas.", BETWEEN_TOKENS);
    longGap =
        of.timer(
            "inter.token.p99",
            "Each request's 99th percentile of the time between two deltas.",
            BETWEEN_TOKENS);
    duration = of.timer("request.duration", "From the request's head to its end.", IN_ALL);
    cancelled = of.counter("requests.cancelled", "Requests whose client left before the end.");
    retries =
        of.counter(
            "retries", "Further targets asked because one before did not answer or broke off.");
    exact = new Tokens(of, false);
    estimated = new Tokens(of, true);
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

  private static Duration[] millis(int... values) {
    return IntStream.of(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }

  /** Makes meters whose names begin with ours and whose labels are the same. */
  private record Maker(MeterRegistry registry, Tags tags) {
    Timer timer(String name, String help, Duration[] buckets) {
      return Timer.builder("tayyar." + name)
          .description(help)
          .tags(tags)
          .serviceLevelObjectives(buckets)
          .register(registry);
    }

    Counter counter(String name, String help) {
      return Counter.builder("tayyar." + name).description(help).tags(tags).register(registry);
    }

    Maker and(String label, String value) {
      return new Maker(registry, tags.and(label, value));
    }
  }

  /** Token counters; estimates and exact numbers have separate ones. */
  private record Tokens(Counter prompt, Counter completion, Counter cached, Counter cacheWrites) {
    Tokens(Maker model, boolean estimated) {
      this(model.and("estimated", Boolean.toString(estimated)));
    }

    private Tokens(Maker of) {
      this(
          of.counter("prompt.tokens", "Tokens read."),
          of.counter("completion.tokens", "Tokens written."),
          of.counter("cached.tokens", "Prompt tokens found in a prefix cache."),
          of.counter("cache.write.tokens", "Prompt tokens written into a cache for their price."));
    }

    void add(Usage usage) {
      prompt.increment(usage.promptTokens());
      completion.increment(usage.completionTokens());
      cached.increment(usage.cachedTokens());
      cacheWrites.increment(usage.cacheWrites());
    }
  }
}
