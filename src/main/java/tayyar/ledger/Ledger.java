package tayyar.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Ended;
import tayyar.api.Pace;

/**
 * Writes down each request that has ended. {@link #record} only puts it into a bounded queue, so
 * event loops may call it; one thread writes what has gathered there, in one transaction a group.
 * It is a platform thread: it wakes up ten times a second, and a virtual one wakes two others for
 * that.
 *
 * <p>While the database fails, rows wait and {@link #room} tells when no more requests should be
 * let in. A row that can't wait any longer goes into the log as an error instead of nowhere.
 * Thread-safe.
 */
public final class Ledger implements AutoCloseable {
  /**
   * How long rows gather before they are written, at most: a wake-up and a transaction for all of
   * them.
   */
  static final Duration GATHER = Duration.ofMillis(100);

  /**
   * Rows of a group where many come. More save next to nothing, and what waits has to live through
   * the collections of its time.
   */
  static final int GROUP = 1_000;

  /** Between two tries on a failing database. */
  static final Duration RETRY = Duration.ofMillis(500);

  /** How long {@link #close()} goes on trying on a failing database. */
  static final Duration LAST_TRIES = Duration.ofSeconds(2);

  /** Rows a transaction holds at most. */
  static final int GROUP_MAX = 4_000;

  /** Room behind {@code queueMax} for the requests that are under way when it is reached. */
  static final int RESERVE = 32_768;

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Rows rows;
  private final int queueMax;
  private final LinkedBlockingQueue<Ended> queue = new LinkedBlockingQueue<>();
  private final Pace pace = new Pace(GATHER, GROUP);
  private final AtomicInteger waiting = new AtomicInteger();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Starts writing.
   *
   * @param queueMax rows that may wait before {@link #room} is false, at least 1
   */
  public Ledger(DataSource dataSource, int queueMax) {
    this.rows = new Rows(dataSource);
    this.queueMax = queueMax;
    this.thread = Thread.ofPlatform().daemon().name("ledger").start(this::run);
  }

  /** Whether new requests can be written down; where not, they are to be refused. */
  public boolean room() {
    return waiting.get() < queueMax;
  }

  /** Rows that are not in the database yet. */
  public int waiting() {
    return waiting.get();
  }

  /** Takes the request into the ledger. Never blocks. */
  public void record(Ended ended) {
    if (waiting.incrementAndGet() > queueMax + RESERVE) {
      waiting.decrementAndGet();
      Unwritten.log(ended);
      return;
    }
    queue.add(ended);
    if (closed && !thread.isAlive()) {
      spill();
    }
  }

  /** Writes what waits and ends. Blocks for at most some seconds. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    spill();
  }

  /** What came after the end. */
  private void spill() {
    for (Ended late = queue.poll(); late != null; late = queue.poll()) {
      waiting.decrementAndGet();
      Unwritten.log(late);
    }
  }

  private void run() {
    List<Ended> group = new ArrayList<>();
    boolean quiet = true;
    while (!closed || !queue.isEmpty()) {
      if (!closed) {
        gather(group, quiet);
      }
      queue.drainTo(group, GROUP_MAX - group.size());
      quiet = group.isEmpty();
      pace.came(group.size());
      write(group);
      waiting.addAndGet(-group.size());
      group.clear();
    }
    rows.close();
  }

  /** While rows come one behind another, none of them has to wake this thread up. */
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

  private void write(List<Ended> group) {
    long lastTry = 0;
    boolean failing = false;
    while (!rows.write(group, !failing)) {
      failing = true;
      if (closed) {
        long now = System.nanoTime();
        lastTry = lastTry == 0 ? now + LAST_TRIES.toNanos() : lastTry;
        if (now - lastTry > 0) {
          group.forEach(Unwritten::log);
          return;
        }
      }
      pause();
    }
    if (failing) {
      LOG.atInfo().addKeyValue("waiting", waiting.get()).log("the ledger can be written again");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException e) {
      // close() wants an end: the next try comes at once.
    }
  }
}
