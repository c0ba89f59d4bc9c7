package tayyar.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Ended;

/**
 * Writes down each request that has ended. {@link #record} only puts it into a bounded queue, so
 * event loops may call it; one virtual thread writes what has gathered there, in one transaction a
 * group.
 *
 * <p>While the database fails, rows wait and {@link #room} tells when no more requests should be
 * let in. A row that can't wait any longer goes into the log as an error instead of nowhere.
 * Thread-safe.
 */
public final class Ledger implements AutoCloseable {
  /** How long rows gather before they are written: a wake-up and a transaction for all of them. */
  static final Duration GATHER = Duration.ofMillis(50);

  /** Between two tries on a failing database. */
  static final Duration RETRY = Duration.ofMillis(500);

  /** How long {@link #close()} goes on trying on a failing database. */
  static final Duration LAST_TRIES = Duration.ofSeconds(3);

  /** Rows a transaction holds at most. */
  static final int GROUP_MAX = 1_000;

  /** Room behind {@code queueMax} for the requests that are under way when it is reached. */
  static final int RESERVE = 32_768;

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Rows rows;
  private final int queueMax;
  private final LinkedBlockingQueue<Ended> queue;
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
    this.queue = new LinkedBlockingQueue<>(queueMax + RESERVE);
    this.thread = Thread.ofVirtual().name("ledger").start(this::run);
  }

  /** Whether new requests can be written down; where not, they are to be refused. */
  public boolean room() {
    return queue.size() < queueMax;
  }

  /** Rows that wait to be written. */
  public int waiting() {
    return queue.size();
  }

  /** Takes the request into the ledger. Never blocks. */
  public void record(Ended ended) {
    if (closed || !queue.offer(ended)) {
      Unwritten.log(ended);
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
  }

  private void run() {
    List<Ended> group = new ArrayList<>();
    while (!closed || !queue.isEmpty()) {
      if (!closed) {
        gather(group);
      }
      queue.drainTo(group, GROUP_MAX - group.size());
      write(group);
      group.clear();
    }
    rows.close();
  }

  private void gather(List<Ended> group) {
    try {
      group.add(queue.take());
      Thread.sleep(GATHER);
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
      LOG.atInfo().addKeyValue("waiting", queue.size()).log("the ledger can be written again");
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
