package tayyar.telemetry;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Converts the exemplars of Prometheus's histograms to OTLP. */
final class OtlpExemplars {
  private final NamingConvention naming;
  private final Map<Series, List<Exemplar>> all = new HashMap<>();

  private record Series(String name, Labels labels) {}

  /** Reads the present exemplars. */
  OtlpExemplars(PrometheusMeterRegistry registry) {
    this.naming = registry.config().namingConvention();
    for (MetricSnapshot metric : registry.getPrometheusRegistry().scrape()) {
      if (metric instanceof HistogramSnapshot histogram) {
        String name = histogram.getMetadata().getName();
        for (var point : histogram.getDataPoints()) {
          List<Exemplar> its = new ArrayList<>();
          point.getExemplars().forEach(exemplar -> its.add(of(exemplar)));
          all.put(new Series(name, point.getLabels()), its);
        }
      }
    }
  }

  /** At most one exemplar for each bucket that a traced request fell into. */
  List<Exemplar> of(Meter.Id meter) {
    List<Tag> tags = meter.getConventionTags(naming);
    Labels labels =
        Labels.of(
            tags.stream().map(Tag::getKey).toList(), tags.stream().map(Tag::getValue).toList());
    return all.getOrDefault(new Series(meter.getConventionName(naming), labels), List.of());
  }

  private static Exemplar of(io.prometheus.metrics.model.snapshots.Exemplar kept) {
    return Exemplar.newBuilder()
        .setAsDouble(kept.getValue())
        .setTimeUnixNano(TimeUnit.MILLISECONDS.toNanos(kept.getTimestampMillis()))
        .setTraceId(bytes(kept.getLabels().get("trace_id")))
        .setSpanId(bytes(kept.getLabels().get("span_id")))
        .build();
  }

  private static ByteString bytes(@Nullable String hex) {
    return hex == null ? ByteString.EMPTY : ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }
}
