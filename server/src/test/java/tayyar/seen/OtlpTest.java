package tayyar.seen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.Seen;
import tayyar.telemetry.OtlpSettings;
import tayyar.testing.Requests;
import tayyar.testing.TestFleet;

/** Traces and metrics as a collector gets them. */
@Tag("socket")
class OtlpTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  private static TestFleet fleet(Collector collector, String... scripts) throws IOException {
    return fleet(collector.environment(), scripts);
  }

  private static TestFleet fleet(Map<String, String> environment, String... scripts)
      throws IOException {
    var seen = new Seen(true, true, OtlpSettings.of(environment, ""));
    return TestFleet.start(
        List.of(scripts),
        all -> List.of(TestFleet.model(TestFleet.MODEL, TestFleet.rules(), all)),
        seen);
  }

  private static void ask(TestFleet fleet, String flags) throws IOException {
    String field = "traceparent: 00-" + TRACE + "-" + PARENT + "-" + flags + "\r\n";
    String body = Requests.chatWithUsage(TestFleet.MODEL, "[[tokens=5]] my prompt").toString();
    assertThat(fleet.send(Requests.post(fleet.key(), body, field)).status()).isEqualTo(200);
  }

  @Test
  void aRequestIsASpanAndEachTryOneBelowIt() throws IOException {
    try (var collector = new Collector();
        var fleet = fleet(collector, "status=500", "")) {
      ask(fleet, "01");
      await().until(() -> ours(collector).size() == 3);
      Span server = ours(collector).getFirst();
      assertThat(server.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
      assertThat(hex(server.getParentSpanId().toByteArray())).isEqualTo(PARENT);
      assertThat(attributes(server))
          .containsEntry("gen_ai.request.model", TestFleet.MODEL)
          .containsEntry("gen_ai.usage.output_tokens", "5")
          .containsEntry("http.response.status_code", "200")
          .containsEntry("tayyar.attempts", "2");
      Span failed = ours(collector).get(1);
      Span good = ours(collector).get(2);
      assertThat(failed.getParentSpanId()).isEqualTo(server.getSpanId());
      assertThat(attributes(failed)).containsEntry("error.type", "upstream_failed");
      assertThat(good.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
      assertThat(good.getName()).isEqualTo("chat " + TestFleet.MODEL);
      assertThat(good.getEventsList()).hasSize(1);
      assertThat(good.getStartTimeUnixNano()).isBetween(server.getStartTimeUnixNano(), end(server));
      assertThat(collector.spans.toString()).doesNotContain("my prompt").doesNotContain("sk-");
      assertThat(collector.tokens).contains("a b");
    }
  }

  @Test
  void aTraceTheClientDoesNotSampleIsNotRecorded() throws IOException {
    try (var collector = new Collector();
        var fleet = fleet(collector, "")) {
      ask(fleet, "00");
      ask(fleet, "01");
      await().until(() -> ours(collector).size() == 2);
    }
  }

  @Test
  void metricsAreThoseOfPrometheus() throws IOException {
    try (var collector = new Collector();
        var fleet = fleet(collector, "")) {
      ask(fleet, "00");
      await().until(() -> !points(collector).isEmpty());
      HistogramDataPoint point = points(collector).getFirst();
      assertThat(point.getCount()).isEqualTo(1);
      assertThat(point.getExplicitBoundsList()).hasSize(16).startsWith(0.001).endsWith(10.0);
      assertThat(point.getBucketCountsList().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(1);
      assertThat(point.getSum()).isBetween(0.0, 10.0);
    }
  }

  private static Optional<HistogramDataPoint> withExemplar(Collector collector) {
    return points(collector).stream().filter(p -> p.getExemplarsCount() > 0).findFirst();
  }

  @Test
  void aHistogramNamesTheTraceOfARequestInIt() throws IOException {
    try (var collector = new Collector();
        var fleet = fleet(collector, "")) {
      ask(fleet, "01");
      // An export may follow in which nothing is new, and so no exemplar.
      HistogramDataPoint point =
          await().until(() -> withExemplar(collector), Optional::isPresent).orElseThrow();
      await().until(() -> !ours(collector).isEmpty());
      Exemplar exemplar = point.getExemplarsList().getFirst();
      assertThat(hex(exemplar.getTraceId().toByteArray())).isEqualTo(TRACE);
      assertThat(exemplar.getSpanId()).isEqualTo(ours(collector).getFirst().getSpanId());
      assertThat(exemplar.getAsDouble()).isEqualTo(point.getSum());
    }
  }

  @Test
  void metricsDoNotWaitForSpans() throws IOException {
    try (var collector = new Collector();
        var fleet = fleet(collector.environment(3_600_000), "")) {
      ask(fleet, "00");
      await().until(() -> points(collector).size() > 1);
    }
  }

  @Test
  void aTryThatTheClientLeftIsNeitherGoodNorTheTargetsFault() throws Exception {
    try (var collector = new Collector();
        var fleet = fleet(collector, "tokens=9 hold@1")) {
      String body = Requests.chatWithUsage(TestFleet.MODEL, "hello").toString();
      try (var client = fleet.connect()) {
        assertThat(client.send(Requests.post(fleet.key(), body, "")).head().status())
            .isEqualTo(200);
      }
      String tries = "gen_ai_client_operation_duration_seconds_count{error_type=";
      await().until(() -> Scrape.of(fleet.admin(), "").text().contains(tries + "\"cancelled\""));
      assertThat(Scrape.of(fleet.admin(), "").text()).doesNotContain(tries + "\"\"");
    }
  }

  @Test
  void whatIsNotDeliveredIsCounted() throws Exception {
    try (var collector = new Collector();
        var fleet = fleet(collector, "")) {
      collector.status.set(400);
      ask(fleet, "01");
      // The request's own span and that of its try.
      await()
          .until(() -> Scrape.of(fleet.admin(), "").text().contains("spans_dropped_total 2.0\n"));
      assertThat(collector.spans).isEmpty();
    }
  }

  @Test
  void nothingIsExportedUnlessSomebodySaysWhereTo() {
    assertThat(OtlpSettings.of(Map.of(), "")).isNull();
    var off = Map.of("OTEL_SDK_DISABLED", "true");
    assertThat(OtlpSettings.of(off, "http://127.0.0.1:4318")).isNull();
  }

  private static List<Span> ours(Collector collector) {
    return collector.spans.stream()
        .filter(span -> hex(span.getTraceId().toByteArray()).equals(TRACE))
        .toList();
  }

  private static List<HistogramDataPoint> points(Collector collector) {
    return collector.metrics.stream()
        .filter(metric -> metric.getName().equals("gen_ai.server.time_to_first_token"))
        .map(Metric::getHistogram)
        .flatMap(histogram -> histogram.getDataPointsList().stream())
        .toList();
  }

  private static long end(Span span) {
    return span.getEndTimeUnixNano();
  }

  private static Map<String, String> attributes(Span span) {
    return span.getAttributesList().stream()
        .collect(
            Collectors.toMap(
                pair -> pair.getKey(),
                pair ->
                    pair.getValue().hasIntValue()
                        ? String.valueOf(pair.getValue().getIntValue())
                        : pair.getValue().getStringValue()));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
