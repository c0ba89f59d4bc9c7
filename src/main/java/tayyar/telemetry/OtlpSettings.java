package tayyar.telemetry;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where traces and metrics are exported to by OTLP, as the environment variables of OpenTelemetry
 * say it.
 *
 * @param traces where traces go, or null where none are exported
 * @param metrics where metrics go, or null
 * @param headers fields of each request
 * @param timeout of a request
 * @param tracesEvery how long spans gather at most
 * @param metricsEvery between two exports of metrics
 * @param queueMax requests whose spans may wait
 * @param batchMax requests whose spans are sent at once
 * @param sampling which traces are recorded
 * @param resource who speaks, service.name among it
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
   * Which traces are recorded.
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
    var read = new Variables(environment);
    String base = read.text("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    URI traces = read.address("TRACES", base, "v1/traces");
    URI metrics = read.address("METRICS", base, "v1/metrics");
    if (read.text("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")
        || (traces == null && metrics == null)) {
      return null;
    }
    String protocol = read.text("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    if (!protocol.equals("http/protobuf")) {
      throw wrong("OTEL_EXPORTER_OTLP_PROTOCOL", protocol, "http/protobuf");
    }
    Map<String, String> resource = read.pairs("OTEL_RESOURCE_ATTRIBUTES");
    resource.putIfAbsent("service.name", "tayyar");
    resource.computeIfPresent("service.name", (_, name) -> read.text("OTEL_SERVICE_NAME", name));
    return new OtlpSettings(
        traces,
        metrics,
        read.pairs("OTEL_EXPORTER_OTLP_HEADERS"),
        read.millis("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000),
        read.millis("OTEL_BSP_SCHEDULE_DELAY", 5_000),
        read.millis("OTEL_METRIC_EXPORT_INTERVAL", 60_000),
        read.number("OTEL_BSP_MAX_QUEUE_SIZE", 2_048),
        read.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
        read.sampling(),
        resource);
  }

  private static IllegalArgumentException wrong(String name, String value, String right) {
    return new IllegalArgumentException(name + " is '" + value + "'; write " + right + ".");
  }

  private record Variables(Map<String, String> environment) {
    String text(String name, String otherwise) {
      String value = environment.getOrDefault(name, "").strip();
      return value.isEmpty() ? otherwise : value;
    }

    @Nullable URI address(String signal, String base, String path) {
      String name = "OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT";
      String own = text(name, "");
      String whole =
          own.isEmpty() && !base.isEmpty() ? base.replaceAll("/+$", "") + "/" + path : own;
      if (whole.isEmpty() || text("OTEL_" + signal + "_EXPORTER", "otlp").equals("none")) {
        return null;
      }
      if (!whole.matches("https?://[^/\\s]+\\S*")) {
        throw wrong(
            own.isEmpty() ? "OTEL_EXPORTER_OTLP_ENDPOINT" : name, whole, "http://127.0.0.1:4318");
      }
      return URI.create(whole);
    }

    int number(String name, int otherwise) {
      String value = text(name, String.valueOf(otherwise));
      if (!value.matches("[1-9][0-9]{0,8}")) {
        throw wrong(name, value, "a number such as " + otherwise);
      }
      return Integer.parseInt(value);
    }

    Duration millis(String name, int otherwise) {
      return Duration.ofMillis(number(name, otherwise));
    }

    /** Pairs such as {@code a=b,c=d}; percent signs escape. */
    Map<String, String> pairs(String name) {
      Map<String, String> pairs = new LinkedHashMap<>();
      for (String pair : text(name, "").split(",", -1)) {
        int is = pair.indexOf('=');
        if (is > 0) {
          String value = pair.substring(is + 1).strip().replace("+", "%2B");
          pairs.put(
              pair.substring(0, is).strip(), URLDecoder.decode(value, StandardCharsets.UTF_8));
        }
      }
      return pairs;
    }

    Sampling sampling() {
      String name = text("OTEL_TRACES_SAMPLER", "parentbased_always_on");
      boolean asParent = name.startsWith("parentbased_");
      return switch (asParent ? name.substring("parentbased_".length()) : name) {
        case "always_on" -> new Sampling(asParent, 1);
        case "always_off" -> new Sampling(asParent, 0);
        case "traceidratio" -> new Sampling(asParent, share());
        default -> throw wrong("OTEL_TRACES_SAMPLER", name, "parentbased_traceidratio");
      };
    }

    private double share() {
      String share = text("OTEL_TRACES_SAMPLER_ARG", "1");
      if (!share.matches("0|1|[01]?\\.[0-9]{1,9}") || Double.parseDouble(share) > 1) {
        throw wrong("OTEL_TRACES_SAMPLER_ARG", share, "a number from 0 to 1");
      }
      return Double.parseDouble(share);
    }
  }
}
