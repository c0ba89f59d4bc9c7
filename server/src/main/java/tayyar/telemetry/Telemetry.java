package tayyar.telemetry;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.Tried;
import tayyar.telemetry.GenAiMeters.PromptSize;

/**
 * The metrics for Prometheus. {@link #ended} looks its meters up in a map and adds to them; it
 * takes no lock once a series exists, so event loops may call it. Thread-safe.
 */
public final class Telemetry {
  /** The label of all models that are not served: clients can write any name. */
  static final String OTHER = "other";

  private static final int MODELS_MAX = 500;

  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  static {
    // The shortest time for which a histogram keeps an exemplar. A library thread wakes up at its
    // end; with the default of 90 ms that is about a hundred times a second. Read once.
    System.getProperties()
        .putIfAbsent("io.prometheus.exemplars.sample_interval_milliseconds", "1000");
  }

  private final Moment moment = new Moment();
  private final Exemplars exemplars = new Exemplars();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(
          PrometheusConfig.DEFAULT, new PrometheusRegistry(), moment, exemplars);
  private final Set<String> models = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<String, ModelMeters> byModel = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Over, Counter> requests = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Asked, GenAiMeters> asked = new ConcurrentHashMap<>();
  private final MultiGauge avoided =
      MultiGauge.builder("tayyar.target.avoided")
          .description("1 while a target gets no requests because it failed, rests or restarts.")
          .register(registry);
  private final MultiGauge inFlight =
      MultiGauge.builder("tayyar.target.in.flight")
          .description("Requests under way at a target.")
          .register(registry);
  private final EngineMeters ofEngines = new EngineMeters(registry);
  private volatile Supplier<List<TargetNow>> targets = List::of;
  private volatile Supplier<List<EngineNow>> engines = List::of;

  /** Metrics without a value yet. */
  public Telemetry() {}

  /**
   * A clock that stands still between two counts or reads, since a meter reads it several times for
   * one count.
   */
  private static final class Moment implements Clock {
    private volatile long wallMs = System.currentTimeMillis();

    void now() {
      wallMs = System.currentTimeMillis();
    }

    @Override
    public long wallTime() {
      return wallMs;
    }

    @Override
    public long monotonicTime() {
      return System.nanoTime();
    }
  }

  private record Over(String model, int status, String outcome) {}

  private record Asked(Endpoint endpoint, String model, String target, PromptSize size) {}

  /** All metrics, for an exporter. */
  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Shows the targets as they are at each scrape; called on the scraping thread. */
  public void targets(Supplier<List<TargetNow>> now) {
    targets = now;
  }

  /** Shows the embedded models as they are at each scrape; called on the scraping thread. */
  public void engines(Supplier<List<EngineNow>> now) {
    engines = now;
  }

  /** Shows a number that only grows, read at each scrape on the scraping thread. */
  public void count(Count count, LongSupplier value) {
    // The meter keeps its function, but only a weak reference to the function's argument.
    FunctionCounter.builder(count.metric(), this, itself -> value.getAsLong())
        .description(count.help())
        .register(registry);
  }

  /**
   * Names the models that get a label of their own. So does a model for which a target has
   * answered; all other names are counted together.
   */
  public void models(Collection<String> names) {
    models.addAll(names);
  }

  /** Shows a number, read at each scrape on the scraping thread. */
  public void gauge(Gauge gauge, DoubleSupplier value) {
    io.micrometer.core.instrument.Gauge.builder(gauge.metric(), value::getAsDouble)
        .description(gauge.help())
        .strongReference(true)
        .register(registry);
  }

  /** Counts a request that is over. */
  public void ended(Ended ended) {
    moment.now();
    exemplars.under(ended.course().trace(), () -> count(ended));
  }

  private void count(Ended ended) {
    String model = label(ended);
    Endpoint endpoint = ended.course().endpoint();
    PromptSize size = PromptSize.of(ended.course().bytesIn());
    genAi(new Asked(endpoint, model, ended.target(), size)).ended(ended);
    for (Tried tried : ended.course().tries()) {
      genAi(new Asked(endpoint, tried.model(), tried.target(), size)).tried(tried);
    }
    requests
        .computeIfAbsent(
            new Over(model, ended.status(), ended.outcome().word()), this::requestCounter)
        .increment();
    meters(model).ended(ended);
  }

  /**
   * All metrics in Prometheus's text format 0.0.4. Named models have their series from the first
   * scrape on, since a rate needs the zero before the first request.
   */
  public String scrape() {
    refresh();
    return registry.scrape();
  }

  /** All metrics in OpenMetrics's format, where histograms carry exemplars. */
  public String scrapeOpenMetrics() {
    refresh();
    return registry.scrape(OPEN_METRICS);
  }

  /** Updates the numbers that are read rather than counted. */
  void refresh() {
    moment.now();
    models.forEach(this::meters);
    ofEngines.refresh(engines.get());
    List<TargetNow> now = targets.get();
    avoided.register(rows(now, target -> target.avoided() ? 1 : 0), true);
    inFlight.register(rows(now, TargetNow::inFlight), true);
  }

  private static List<Row<?>> rows(List<TargetNow> now, ToIntFunction<TargetNow> value) {
    List<Row<?>> rows = new ArrayList<>();
    for (TargetNow target : now) {
      Tags tags = Tags.of("model", target.model(), "target", target.target());
      rows.add(Row.of(tags, value.applyAsInt(target)));
    }
    return rows;
  }

  private GenAiMeters genAi(Asked its) {
    GenAiMeters known = asked.get(its);
    return known == null ? asked.computeIfAbsent(its, this::make) : known;
  }

  private GenAiMeters make(Asked its) {
    return new GenAiMeters(registry, its.endpoint(), its.model(), its.target(), its.size());
  }

  private ModelMeters meters(String model) {
    return byModel.computeIfAbsent(model, name -> new ModelMeters(registry, name));
  }

  private String label(Ended ended) {
    String model = ended.model();
    if (models.contains(model)) {
      return model;
    }
    if (ended.target().isEmpty() || models.size() >= MODELS_MAX) {
      return OTHER;
    }
    models.add(model);
    return model;
  }

  private Counter requestCounter(Over ending) {
    return Counter.builder("tayyar.requests")
        .description("Requests that are over.")
        .tag("model", ending.model())
        .tag("status", Integer.toString(ending.status()))
        .tag("outcome", ending.outcome())
        .register(registry);
  }
}
