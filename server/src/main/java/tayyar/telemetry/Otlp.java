package tayyar.telemetry;

import com.google.protobuf.MessageLite;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Batcher;
import tayyar.api.Ended;
import tayyar.api.Trace;
import tayyar.process.Vital;

/**
 * Sends traces and metrics to an OpenTelemetry collector, as protobuf over HTTP. {@link #ended}
 * only puts a request into a bounded queue, so event loops may call it; a separate thread makes the
 * spans and sends them. Spans that find the queue full or can't be delivered are counted. Nothing
 * of a prompt, an answer or a key is exported. Thread-safe.
 */
public final class Otlp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Otlp.class);
  private static final int SENDS_MAX = 3;
  private static final Duration BETWEEN_SENDS = Duration.ofSeconds(1);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final OtlpSettings settings;
  private final Telemetry telemetry;
  private final AtomicLong dropped = new AtomicLong();
  private final OtlpSpans spans;
  private final OtlpMetrics metrics;
  private final HttpClient client;
  private final Batcher<Ended> batcher;
  private long metricsDue = System.nanoTime();
  private boolean failing;

  /** Starts its thread. */
  public Otlp(OtlpSettings settings, Telemetry telemetry) {
    this.settings = settings;
    this.telemetry = telemetry;
    Resource.Builder resource = Resource.newBuilder();
    settings.resource().forEach((key, value) -> resource.addAttributes(OtlpSpans.is(key, value)));
    this.spans = new OtlpSpans(resource.build());
    this.metrics = new OtlpMetrics(resource.build(), System.currentTimeMillis());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.timeout())
            .build();
    this.batcher = new Batcher<>("otlp", pace(settings), new Sending());
    batcher.start();
  }

  /**
   * The pace of groups. Metrics are checked with each group, so a group must come as often as they
   * are due.
   */
  private static Batcher.Pace pace(OtlpSettings settings) {
    int batch = settings.batchMax();
    boolean often = settings.metricsEvery().compareTo(settings.tracesEvery()) < 0;
    Duration every =
        settings.metrics() != null && often ? settings.metricsEvery() : settings.tracesEvery();
    return new Batcher.Pace(settings.queueMax() + batch, batch, batch, every, every);
  }

  /** A request's place in its trace: a new span where the trace is recorded. */
  public Trace trace(Trace client) {
    var sampling = settings.sampling();
    if (settings.traces() == null) {
      return client;
    }
    if (client.exists() && sampling.asParent()) {
      return client.sampled() ? client.span() : client;
    }
    boolean drawn =
        sampling.share() >= 1 || ThreadLocalRandom.current().nextDouble() < sampling.share();
    return drawn ? client.span() : client;
  }

  /** Takes the spans of a request that is over. Never blocks. */
  public void ended(Ended ended) {
    if (ended.course().trace().recorded() && !batcher.offer(ended)) {
      lost(ended);
    }
  }

  /** Spans that were not delivered. */
  public long dropped() {
    return dropped.get();
  }

  /** Sends what waits and ends; waits for some seconds at most. */
  @Override
  public void close() {
    batcher.close(LAST_WORDS).forEach(this::lost);
    client.shutdownNow();
  }

  private void lost(Ended ended) {
    dropped.addAndGet(OtlpSpans.count(ended));
  }

  /** The work of its thread. */
  private final class Sending implements Batcher.Work<Ended> {
    @Override
    public void group(List<Ended> group) {
      URI to = settings.traces();
      if (to != null && !group.isEmpty() && !delivered(to, spans.request(group), SENDS_MAX)) {
        group.forEach(Otlp.this::lost);
      }
      sendMetrics(false);
    }

    @Override
    public void end() {
      sendMetrics(true);
    }
  }

  /** Sends cumulative sums, so that a lost export loses nothing. */
  private void sendMetrics(boolean last) {
    URI to = settings.metrics();
    if (to != null && (last || System.nanoTime() - metricsDue >= 0)) {
      metricsDue = System.nanoTime() + settings.metricsEvery().toNanos();
      telemetry.refresh();
      delivered(to, metrics.request(telemetry.registry(), System.currentTimeMillis()), 1);
    }
  }

  private boolean delivered(URI to, MessageLite message, int sends) {
    String why = "";
    for (int i = 0; i < sends; i++) {
      try {
        int status = send(to, message);
        if (status / 100 == 2) {
          tell(false, "");
          return true;
        }
        why = "it answered with status " + status;
        if (status != 429 && status != 502 && status != 503 && status != 504) {
          break;
        }
        if (i + 1 < sends && !batcher.closed()) {
          Thread.sleep(BETWEEN_SENDS.multipliedBy(i + 1));
        }
      } catch (IOException e) {
        Vital.check(e);
        why = String.valueOf(e);
      } catch (InterruptedException e) {
        why = "the server is stopping";
      }
    }
    tell(true, why);
    return false;
  }

  private int send(URI to, MessageLite message) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to)
            .timeout(settings.timeout())
            .header("Content-Type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(message.toByteArray()));
    settings.headers().forEach(request::header);
    return client.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  /** Logs a change once, not for each batch. */
  private void tell(boolean fails, String why) {
    if (fails != failing) {
      failing = fails;
      if (fails) {
        LOG.atWarn().addKeyValue("why", why).log("the collector takes no telemetry");
      } else {
        LOG.atInfo().log("the collector takes telemetry again");
      }
    }
  }
}
