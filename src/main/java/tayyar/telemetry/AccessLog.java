package tayyar.telemetry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import tayyar.api.ApiError;
import tayyar.api.Ended;
import tayyar.api.Outcome;

/**
 * One log line a request. {@link #ended} only puts it into a bounded queue, so event loops may call
 * it; a thread of its own writes the lines, for whoever reads them may be slow. Lines that find the
 * queue full are counted and the count is logged. Thread-safe.
 */
public final class AccessLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final int QUEUE_MAX = 16_384;
  private static final int MODEL_CHARS_MAX = 200;

  /** How long lines gather, so that a busy server is not woken for each. */
  private static final Duration GATHER = Duration.ofMillis(20);

  /** How long {@link #close()} waits for whoever reads the lines. */
  private static final Duration LAST_LINES = Duration.ofSeconds(5);

  private final LinkedBlockingQueue<Ended> queue = new LinkedBlockingQueue<>(QUEUE_MAX);
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong droppedEver = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  /** Starts its thread. */
  public AccessLog() {
    // A platform thread: a stuck standard error holds this one and no carrier of virtual threads.
    thread = Thread.ofPlatform().daemon().name("access-log").start(this::run);
  }

  /** Says that a request is over. Never blocks, but for lines that come after {@link #close}. */
  public void ended(Ended ended) {
    if (closed) {
      line(ended);
    } else if (!queue.offer(ended)) {
      dropped.incrementAndGet();
      droppedEver.incrementAndGet();
    }
  }

  /** Lines that found the queue full since the start. */
  public long dropped() {
    return droppedEver.get();
  }

  /** Writes the lines that wait and ends; waits for some seconds at most. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(LAST_LINES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<Ended> group = new ArrayList<>();
    while (!closed || !queue.isEmpty()) {
      if (!closed) {
        gather(group);
      }
      queue.drainTo(group);
      group.forEach(AccessLog::line);
      group.clear();
      tellDropped();
    }
  }

  private void gather(List<Ended> group) {
    try {
      group.add(queue.take());
      Thread.sleep(GATHER);
    } catch (InterruptedException e) {
      // close() wants an end: what has gathered is written at once.
    }
  }

  private void tellDropped() {
    long lines = dropped.getAndSet(0);
    if (lines > 0) {
      LOG.atWarn().addKeyValue("lines", lines).log("request lines were dropped");
    }
  }

  private static void line(Ended ended) {
    Ended.Timing timing = ended.timing();
    LoggingEventBuilder line =
        LOG.atInfo()
            .addKeyValue("request_id", ended.requestId())
            .addKeyValue("key_id", ended.keyId())
            .addKeyValue("key", ended.keyHint())
            .addKeyValue("model", clip(ended.model()))
            .addKeyValue("target", ended.target())
            .addKeyValue("attempts", ended.attempts())
            .addKeyValue("endpoint", ended.course().endpoint().name().toLowerCase(Locale.ROOT))
            .addKeyValue("streamed", ended.streamed())
            .addKeyValue("status", ended.status())
            .addKeyValue("outcome", ended.outcome().word());
    line = text(line, "error", error(ended.outcome()));
    line = text(line, "tries", ended.course().troubles());
    line = text(line, "finish", ended.course().finish());
    line =
        line.addKeyValue("prompt_tokens", ended.usage().promptTokens())
            .addKeyValue("completion_tokens", ended.usage().completionTokens())
            .addKeyValue("cached_tokens", ended.usage().cachedTokens())
            .addKeyValue("estimated", ended.usage().estimated())
            .addKeyValue("bytes_in", ended.course().bytesIn())
            .addKeyValue("bytes_out", ended.course().bytesOut());
    line = millis(line, "ttft_ms", timing.firstTokenMicros());
    line = millis(line, "gap_p50_ms", timing.gapP50Micros());
    line = millis(line, "gap_p99_ms", timing.gapP99Micros());
    line = millis(line, "queue_ms", ended.course().queuedMicros());
    line = text(line, "trace_id", ended.course().trace().traceId());
    millis(line, "duration_ms", timing.durationMicros()).log("request");
  }

  /** A target's own code is told as it is. */
  private static String error(Outcome outcome) {
    return outcome instanceof Outcome.Failed(ApiError.Relayed refused) && refused.code() != null
        ? refused.code()
        : Ending.of(outcome);
  }

  /** What is not there is left out. */
  private static LoggingEventBuilder text(LoggingEventBuilder line, String name, String value) {
    return value.isEmpty() ? line : line.addKeyValue(name, value);
  }

  /** What was never measured is left out. */
  private static LoggingEventBuilder millis(LoggingEventBuilder line, String name, long micros) {
    return micros < 0 ? line : line.addKeyValue(name, micros / 1000.0);
  }

  private static String clip(String model) {
    return model.length() <= MODEL_CHARS_MAX ? model : model.substring(0, MODEL_CHARS_MAX);
  }
}
