package tayyar.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Makes OTLP's metrics from Prometheus's meters, so that nothing is counted twice. Sums count from
 * the start of the process.
 */
final class OtlpMetrics {
  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  private final Resource resource;
  private final long startNanos;

  OtlpMetrics(Resource resource, long startedAtMs) {
    this.resource = resource;
    this.startNanos = startedAtMs * 1_000_000;
  }

  ExportMetricsServiceRequest request(PrometheusMeterRegistry registry, long nowMs) {
    var exemplars = new OtlpExemplars(registry);
    Map<String, Metric.Builder> byName = new LinkedHashMap<>();
    for (Meter meter : registry.getMeters()) {
      Meter.Id id = meter.getId();
      Metric.Builder metric =
          byName.computeIfAbsent(
              id.getName(),
              name ->
                  Metric.newBuilder()
                      .setName(name)
                      .setDescription(String.valueOf(id.getDescription())));
      add(metric, meter, exemplars, nowMs * 1_000_000);
    }
    ScopeMetrics.Builder scope = ScopeMetrics.newBuilder().setScope(OtlpSpans.SCOPE);
    byName.values().forEach(scope::addMetrics);
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder().setResource(resource).addScopeMetrics(scope))
        .build();
  }

  private void add(Metric.Builder metric, Meter meter, OtlpExemplars exemplars, long now) {
    switch (meter) {
      case Timer timer -> {
        metric.setUnit("s");
        HistogramSnapshot shot = timer.takeSnapshot();
        double sum = shot.total(TimeUnit.SECONDS);
        histogram(
            metric,
            point(meter, shot, sum, at -> at.bucket(TimeUnit.SECONDS), now)
                .addAllExemplars(exemplars.of(meter.getId())));
      }
      case DistributionSummary summary -> {
        metric.setUnit("{token}");
        HistogramSnapshot shot = summary.takeSnapshot();
        histogram(
            metric,
            point(meter, shot, shot.total(), CountAtBucket::bucket, now)
                .addAllExemplars(exemplars.of(meter.getId())));
      }
      case Counter counter -> sum(metric, meter, counter.count(), now);
      case FunctionCounter counter -> sum(metric, meter, counter.count(), now);
      case io.micrometer.core.instrument.Gauge gauge ->
          metric.getGaugeBuilder().addDataPoints(point(meter, gauge.value(), now));
      default -> throw new IllegalStateException("a meter of an unknown kind: " + meter.getId());
    }
  }

  private void sum(Metric.Builder metric, Meter meter, double value, long now) {
    metric
        .getSumBuilder()
        .setIsMonotonic(true)
        .setAggregationTemporality(CUMULATIVE)
        .addDataPoints(point(meter, value, now));
  }

  private NumberDataPoint point(Meter meter, double value, long now) {
    return NumberDataPoint.newBuilder()
        .addAllAttributes(attributes(meter))
        .setStartTimeUnixNano(startNanos)
        .setTimeUnixNano(now)
        .setAsDouble(value)
        .build();
  }

  private static void histogram(Metric.Builder metric, HistogramDataPoint.Builder point) {
    metric.getHistogramBuilder().setAggregationTemporality(CUMULATIVE).addDataPoints(point);
  }

  private HistogramDataPoint.Builder point(
      Meter meter,
      HistogramSnapshot shot,
      double sum,
      ToDoubleFunction<CountAtBucket> bound,
      long now) {
    HistogramDataPoint.Builder point =
        HistogramDataPoint.newBuilder()
            .addAllAttributes(attributes(meter))
            .setStartTimeUnixNano(startNanos)
            .setTimeUnixNano(now)
            .setSum(sum);
    double before = 0;
    for (CountAtBucket at : shot.histogramCounts()) {
      if (bound.applyAsDouble(at) < Double.MAX_VALUE / 1e9) {
        point.addExplicitBounds(bound.applyAsDouble(at));
        point.addBucketCounts(Math.round(at.count() - before));
        before = at.count();
      }
    }
    // The buckets and the count are read one after the other: a request may end in between.
    long count = Math.max(shot.count(), Math.round(before));
    return point.addBucketCounts(count - Math.round(before)).setCount(count);
  }

  /** A meter's labels, without those that are empty for Prometheus. */
  private static List<KeyValue> attributes(Meter meter) {
    List<KeyValue> attributes = new ArrayList<>();
    for (Tag tag : meter.getId().getTags()) {
      if (!tag.getValue().isEmpty()) {
        attributes.add(OtlpSpans.is(tag.getKey(), tag.getValue()));
      }
    }
    return attributes;
  }
}
