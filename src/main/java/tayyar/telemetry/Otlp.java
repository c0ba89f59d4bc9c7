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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Ended;
import tayyar.api.Trace;
import tayyar.process.Vital;

/**
 * Sends traces and metrics to an OpenTelemetry collector, as protobuf over HTTP. {@link #ended}
 * only puts a request into a bounded queue, so event loops may call it; a thread of its own makes
 * the spans and sends them. What finds the queue full or can't be delivered is counted.
 * Thread-safe. Nothing of a prompt, an answer or a key is in it.
 */
public final class Otlp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Otlp.class);
  private static final int SENDS_MAX = 3;
  private static final Duration BETWEEN_SENDS = Duration.ofSeconds(1);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final OtlpSettings settings;
  private final Telemetry telemetry;
  private final ArrayBlockingQueue<Ended> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final OtlpSpans spans;
  private final OtlpMetrics metrics;
  private final HttpClient client;
  private final Thread thread;
  private volatile boolean closed;
  private long metricsDue = System.nanoTime();
  private boolean failing;

  /** Starts its thread. */
  public Otlp(OtlpSettings settings, Telemetry telemetry) {
    this.settings = settings;
    this.telemetry = telemetry;
    this.queue = new ArrayBlockingQueue<>(settings.queueMax());
    Resource.Builder resource = Resource.newBuilder();
    settings.resource().forEach((key, value) -> resource.addAttributes(OtlpSpans.is(key, value)));
    this.spans = new OtlpSpans(resource.build());
    this.metrics = new OtlpMetrics(resource.build(), System.currentTimeMillis());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.timeout())
            .build();
    this.thread = Thread.ofPlatform().daemon().name("otlp").start(this::run);
  }

  /** A request's place in its trace: a span of ours where it is to be recorded. */
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
    if (ended.course().trace().recorded() && (closed || !queue.offer(ended))) {
      dropped.addAndGet(OtlpSpans.count(ended));
    }
  }

  /** Spans that were not delivered. */
  public long dropped() {
    return dropped.get();
  }

  /** Sends what waits and ends; waits for some seconds at most. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.shutdownNow();
  }

  private void run() {
    List<Ended> batch = new ArrayList<>();
    while (!closed) {
      gather(batch);
      sendTraces(batch);
      sendMetrics(false);
    }
    do {
      queue.drainTo(batch, settings.batchMax());
      sendTraces(batch);
    } while (!queue.isEmpty());
    sendMetrics(true);
  }

  /** Waits until a batch is full, its time is over or metrics are due. */
  private void gather(List<Ended> batch) {
    long now = System.nanoTime();
    long until = now + settings.tracesEvery().toNanos();
    if (settings.metrics() != null && metricsDue - until < 0) {
      until = metricsDue;
    }
    try {
      while (batch.size() < settings.batchMax()) {
        Ended next = queue.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) {
          return;
        }
        batch.add(next);
      }
    } catch (InterruptedException e) {
      // close() wants an end: what has gathered is sent at once.
    }
  }

  private void sendTraces(List<Ended> batch) {
    URI to = settings.traces();
    if (to != null && !batch.isEmpty() && !delivered(to, spans.request(batch), SENDS_MAX)) {
      batch.forEach(ended -> dropped.addAndGet(OtlpSpans.count(ended)));
    }
    batch.clear();
  }

  /** Sums are told from the beginning, so that one that is lost loses nothing. */
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
        if (i + 1 < sends && !closed) {
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

  /** Says it once, not for each batch. */
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
