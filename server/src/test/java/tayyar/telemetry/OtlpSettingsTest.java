package tayyar.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenTelemetry's variables, right and wrong. */
final class OtlpSettingsTest {
  private static final String BASE = "http://127.0.0.1:4318";

  private static OtlpSettings read(Map<String, String> environment) {
    return Objects.requireNonNull(OtlpSettings.of(environment, BASE));
  }

  @Test
  void nothingSaidIsTheUsual() {
    OtlpSettings usual = read(Map.of());
    assertThat(usual.traces()).hasToString(BASE + "/v1/traces");
    assertThat(usual.metrics()).hasToString(BASE + "/v1/metrics");
    assertThat(usual.sampling()).isEqualTo(new OtlpSettings.Sampling(true, 1));
    assertThat(usual.resource()).containsExactly(Map.entry("service.name", "tayyar"));
  }

  @Test
  void theVariablesWin() {
    OtlpSettings said =
        read(
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", "https://far:4318/otel/",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://here/spans",
                "OTEL_SERVICE_NAME", "gate",
                "OTEL_EXPORTER_OTLP_HEADERS", "a=b%3D, c = d",
                "OTEL_TRACES_SAMPLER", "traceidratio",
                "OTEL_TRACES_SAMPLER_ARG", "0.25"));
    assertThat(said.traces()).hasToString("http://here/spans");
    assertThat(said.metrics()).hasToString("https://far:4318/otel/v1/metrics");
    assertThat(said.resource()).containsEntry("service.name", "gate");
    assertThat(said.headers()).containsExactly(Map.entry("a", "b="), Map.entry("c", "d"));
    assertThat(said.sampling()).isEqualTo(new OtlpSettings.Sampling(false, 0.25));
  }

  @Test
  void eachHalfCanBeLeftOut() {
    assertThat(read(Map.of("OTEL_METRICS_EXPORTER", "none")).metrics()).isNull();
    assertThat(read(Map.of("OTEL_TRACES_EXPORTER", "none")).traces()).isNull();
    var none = Map.of("OTEL_TRACES_EXPORTER", "none", "OTEL_METRICS_EXPORTER", "none");
    assertThat(OtlpSettings.of(none, BASE)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_EXPORTER_OTLP_ENDPOINT, collector:4317",
    "OTEL_EXPORTER_OTLP_ENDPOINT, http://otel_collector:4318",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, http://[::1/v1/traces",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, ftp://x",
    "OTEL_EXPORTER_OTLP_PROTOCOL, grpc",
    "OTEL_BSP_MAX_QUEUE_SIZE, 0",
    "OTEL_METRIC_EXPORT_INTERVAL, 1m",
    "OTEL_TRACES_SAMPLER, sometimes",
  })
  void whatCannotBeIsNamed(String name, String value) {
    Map<String, String> environment = new HashMap<>(Map.of(name, value));
    assertThatThrownBy(() -> OtlpSettings.of(environment, BASE))
        .hasMessageStartingWith(name + " is '" + value)
        .hasMessageEndingWith(".");
  }

  /** Found at the start: a thread that sends could tell nobody. */
  @ParameterizedTest
  @CsvSource({"Host", "Content-Length", "x token", "x-token:"})
  void aFieldThatCannotBeSentIsNamedWithoutItsValue(String field) {
    assertHeaderRefused(field, "hunter2");
  }

  @Test
  void aValueThatCannotBeSentIsNotTold() {
    assertHeaderRefused("x-token", "hunter2%0A");
  }

  private static void assertHeaderRefused(String field, String value) {
    var environment = Map.of("OTEL_EXPORTER_OTLP_HEADERS", "fine=1," + field + "=" + value);
    assertThatThrownBy(() -> OtlpSettings.of(environment, BASE))
        .hasMessageStartingWith("OTEL_EXPORTER_OTLP_HEADERS has '" + field + "'")
        .satisfies(
            refusal -> assertThat(Throwables.getStackTrace(refusal)).doesNotContain("hunter2"));
  }
}
