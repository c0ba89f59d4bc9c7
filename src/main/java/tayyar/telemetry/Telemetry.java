package tayyar.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import tayyar.api.Ended;

/**
 * The numbers for Prometheus. {@link #ended} looks its meters up in a map and adds to them; it
 * takes no lock once a series exists, so event loops may call it. Thread-safe.
 */
public final class Telemetry {
  /** The label of models that nobody serves: clients can write any name. */
  static final String OTHER = "other";

  private static final int MODELS_MAX = 500;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Set<String> models = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<String, ModelMeters> byModel = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Ending, Counter> requests = new ConcurrentHashMap<>();

  /** Metrics without a value yet. */
  public Telemetry() {}

  private record Ending(String model, int status, String outcome) {}

  /**
   * Names the models that get a label of their own. A model that a target has answered for gets one
   * as well; all other names are counted together.
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
    String model = label(ended);
    requests
        .computeIfAbsent(
            new Ending(model, ended.status(), ended.outcome().word()), this::requestCounter)
        .increment();
    meters(model).ended(ended);
  }

  /**
   * Everything, in Prometheus's text format 0.0.4. Models that were named have their series from
   * the first scrape on, for a rate needs the zero before the first request.
   */
  public String scrape() {
    models.forEach(this::meters);
    return registry.scrape();
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

  private Counter requestCounter(Ending ending) {
    return Counter.builder("tayyar.requests")
        .description("Requests that are over.")
        .tag("model", ending.model())
        .tag("status", Integer.toString(ending.status()))
        .tag("outcome", ending.outcome())
        .register(registry);
  }
}
