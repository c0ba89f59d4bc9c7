package tayyar.telemetry;

import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;
import tayyar.api.Ended;
import tayyar.api.Pace;

/**
 * One log line a request. {@link #ended} only puts it into a bounded queue, so event loops may call
 * it; a thread of its own writes the lines, for whoever reads them may be slow. Lines that find the
 * queue full are counted and the count is logged. Thread-safe.
 */
public final class AccessLog implements AutoCloseable {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(AccessLog.class);
  private static final String MESSAGE = "request";
  private static final int QUEUE_MAX = 16_384;

  /** Lines leave in writes of about this size at most. */
  private static final int WRITE_BYTES = 64 * 1024;

  /** How long lines gather at most, so that a busy server is not woken for each. */
  private static final Duration GATHER = Duration.ofMillis(100);

  /** Lines of a group where many come: what waits has to live through collections. */
  private static final int GROUP = 1_000;

  /** How long {@link #close()} waits for whoever reads the lines. */
  private static final Duration LAST_LINES = Duration.ofSeconds(5);

  private final JsonLine json = new JsonLine();
  private final LinkedBlockingQueue<Ended> queue = new LinkedBlockingQueue<>(QUEUE_MAX);
  private final Pace pace = new Pace(GATHER, GROUP);
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
    boolean quiet = true;
    while (!closed || !queue.isEmpty()) {
      if (!closed) {
        gather(group, quiet);
      }
      queue.drainTo(group);
      quiet = group.isEmpty();
      pace.came(group.size());
      if (!quiet) {
        lines(group);
        group.clear();
      }
      tellDropped();
    }
  }

  /** While lines come one behind another, none of them has to wake this thread up. */
  private void gather(List<Ended> group, boolean quiet) {
    try {
      if (quiet) {
        group.add(queue.take());
      }
      Thread.sleep(pace.next());
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

  /** In one write where it can be, otherwise each by the way the operator's logging goes. */
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
