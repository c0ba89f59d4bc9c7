package tayyar.seen;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An OTLP receiver on loopback that keeps what it is sent. */
final class Collector implements AutoCloseable {
  final List<Span> spans = new CopyOnWriteArrayList<>();
  final List<Metric> metrics = new CopyOnWriteArrayList<>();
  final List<String> tokens = new CopyOnWriteArrayList<>();
  final AtomicInteger status = new AtomicInteger(200);
  private final HttpServer server;

  Collector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::traces);
    server.createContext("/v1/metrics", this::metrics);
    server.start();
  }

  /** The variables by which it is found. */
  Map<String, String> environment() {
    return environment(20);
  }

  /** The same where spans gather for so many milliseconds. */
  Map<String, String> environment(int gatherMs) {
    return Map.of(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort(),
        "OTEL_EXPORTER_OTLP_HEADERS", "x-token=a%20b",
        "OTEL_BSP_SCHEDULE_DELAY", String.valueOf(gatherMs),
        "OTEL_METRIC_EXPORT_INTERVAL", "50",
        "OTEL_RESOURCE_ATTRIBUTES", "service.name=gate,deployment.environment.name=test");
  }

  private void traces(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (status.get() == 200) {
      ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .forEach(scope -> spans.addAll(scope.getSpansList()));
    }
    tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-token")));
    answer(exchange);
  }

  private void metrics(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    ExportMetricsServiceRequest.parseFrom(body).getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .forEach(scope -> metrics.addAll(scope.getMetricsList()));
    answer(exchange);
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(status.get(), -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
