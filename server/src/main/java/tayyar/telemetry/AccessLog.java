package tayyar.telemetry;

import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;
import tayyar.api.Batcher;
import tayyar.api.Ended;

/**
 * One log line a request. {@link #ended} only puts it into a bounded queue, so event loops may call
 * it; a separate thread writes the lines, since their reader may be slow. Lines that find the queue
 * full are counted, and the count is logged. Thread-safe.
 */
public final class AccessLog implements AutoCloseable {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(AccessLog.class);
  private static final String MESSAGE = "request";
  private static final int QUEUE_MAX = 16_384;

  /** The largest write of lines, approximately. */
  private static final int WRITE_BYTES = 64 * 1024;

  /** The longest time that lines gather, so that not every line wakes the thread. */
  private static final Duration GATHER = Duration.ofMillis(100);

  /** Lines of a group under load. */
  private static final int GROUP = 1_000;

  /** The time for which {@link #close()} waits for the reader of the lines. */
  private static final Duration LAST_LINES = Duration.ofSeconds(5);

  private final JsonLine json = new JsonLine();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong droppedEver = new AtomicLong();
  private final Batcher<Ended> batcher;

  /** Starts its thread. */
  public AccessLog() {
    var pace = new Batcher.Pace(QUEUE_MAX, GROUP, QUEUE_MAX, GATHER, Batcher.Pace.NEVER);
    this.batcher = new Batcher<>("access-log", pace, this::group);
    batcher.start();
  }

  /** Logs that a request is over. Never blocks, except after {@link #close}. */
  public void ended(Ended ended) {
    if (batcher.offer(ended)) {
      return;
    }
    if (batcher.closed()) {
      line(ended);
    } else {
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
    batcher.close(LAST_LINES).forEach(AccessLog::line);
  }

  private void group(List<Ended> group) {
    if (!group.isEmpty()) {
      lines(group);
    }
    tellDropped();
  }

  private void tellDropped() {
    long lines = dropped.getAndSet(0);
    if (lines > 0) {
      LOG.atWarn().addKeyValue("lines", lines).log("request lines were dropped");
    }
  }

  /** Writes lines in one write where it can, otherwise each through the operator's logging. */
  private void lines(List<Ended> group) {
    StandardError direct = LOG.isInfoEnabled() ? StandardError.only(LOG) : null;
    if (direct == null) {
      group.forEach(AccessLog::line);
      return;
    }
    String now = Instant.now().toString();
    for (Ended ended : group) {
      json.begin();
      LogLines.head(json, now, "info", LOG.getName(), MESSAGE);
      RequestFields.give(ended, json);
      json.end();
      if (json.size() > WRITE_BYTES) {
        write(direct);
      }
    }
    write(direct);
  }

  private void write(StandardError direct) {
    direct.write(json.bytes(), json.size());
    json.clear();
  }

  private static void line(Ended ended) {
    var event = new EventFields(LOG.atInfo());
    RequestFields.give(ended, event);
    event.log(MESSAGE);
  }
}
