package tayyar.telemetry;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the OTLP export, by OpenTelemetry's environment variables.
 *
 * @param traces address for traces, or null where none are exported
 * @param metrics address for metrics, or null where none are exported
 * @param headers fields of each request
 * @param timeout time limit of a request
 * @param tracesEvery the longest time that spans gather
 * @param metricsEvery time between two exports of metrics
 * @param queueMax requests whose spans may wait
 * @param batchMax requests whose spans are sent at once
 * @param sampling the choice of traces that are recorded
 * @param resource attributes of this service, service.name among them
 */
public record OtlpSettings(
    @Nullable URI traces,
    @Nullable URI metrics,
    Map<String, String> headers,
    Duration timeout,
    Duration tracesEvery,
    Duration metricsEvery,
    int queueMax,
    int batchMax,
    Sampling sampling,
    Map<String, String> resource) {

  /**
   * The choice of traces that are recorded.
   *
   * @param asParent whether the client decides where it names a trace
   * @param share of all others, 0 to 1
   */
  public record Sampling(boolean asParent, double share) {}

  /**
   * Reads them.
   *
   * @param endpoint the collector's address from the configuration, or empty; a variable wins
   * @return null where nothing is to be exported
   * @throws IllegalArgumentException with a sentence that names the variable
   */
  public static @Nullable OtlpSettings of(Map<String, String> environment, String endpoint) {
    var read = new OtelVariables(environment);
    String base = read.text("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    URI traces = read.address("TRACES", base, "v1/traces");
    URI metrics = read.address("METRICS", base, "v1/metrics");
    if (read.text("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")
        || (traces == null && metrics == null)) {
      return null;
    }
    String protocol = read.text("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    if (!protocol.equals("http/protobuf")) {
      throw OtelVariables.wrong("OTEL_EXPORTER_OTLP_PROTOCOL", protocol, "http/protobuf");
    }
    Map<String, String> resource = read.pairs("OTEL_RESOURCE_ATTRIBUTES");
    resource.putIfAbsent("service.name", "tayyar");
    resource.computeIfPresent("service.name", (_, name) -> read.text("OTEL_SERVICE_NAME", name));
    return new OtlpSettings(
        traces,
        metrics,
        read.headers("OTEL_EXPORTER_OTLP_HEADERS"),
        read.millis("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000),
        read.millis("OTEL_BSP_SCHEDULE_DELAY", 5_000),
        read.millis("OTEL_METRIC_EXPORT_INTERVAL", 60_000),
        read.number("OTEL_BSP_MAX_QUEUE_SIZE", 2_048),
        read.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
        read.sampling(),
        resource);
  }
}
