package tayyar.ledger;

import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Batcher;
import tayyar.api.Ended;

/**
 * Writes down each request that has ended. {@link #record} only puts it into a bounded queue, so
 * event loops may call it; one thread writes what has gathered there, in one transaction a group.
 *
 * <p>While the database fails, rows wait and {@link #room} tells when no more requests should be
 * let in. A row that can't wait any longer is logged as an error, so that it is not lost.
 * Thread-safe.
 */
public final class Ledger implements AutoCloseable {
  /**
   * The longest time that rows gather: all rows of that time share one wake-up and one transaction.
   */
  static final Duration GATHER = Duration.ofMillis(100);

  /** Rows of a group under load; larger groups save next to nothing. */
  static final int GROUP = 1_000;

  /** The pause between two tries on a failing database. */
  static final Duration RETRY = Duration.ofMillis(500);

  /** The time for which {@link #close()} goes on trying on a failing database. */
  static final Duration LAST_TRIES = Duration.ofSeconds(2);

  /** The time for which {@link #close()} waits for a slow disk. */
  private static final Duration LAST_ROWS = Duration.ofMinutes(1);

  /** Rows a transaction holds at most. */
  static final int GROUP_MAX = 4_000;

  /** Room behind {@code queueMax} for the requests that are under way when it is reached. */
  static final int RESERVE = 32_768;

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Rows rows;
  private final int queueMax;
  private final Batcher<Ended> batcher;

  /**
   * Starts writing.
   *
   * @param queueMax rows that may wait before {@link #room} is false, at least 1
   */
  public Ledger(DataSource dataSource, int queueMax) {
    this.rows = new Rows(dataSource);
    this.queueMax = queueMax;
    var pace = new Batcher.Pace(queueMax + RESERVE, GROUP, GROUP_MAX, GATHER, Batcher.Pace.NEVER);
    this.batcher = new Batcher<>("ledger", pace, new Writing());
    batcher.start();
  }

  /** Whether the ledger has room for new requests; callers refuse them where it has none. */
  public boolean room() {
    return waiting() < queueMax;
  }

  /** Rows that are not in the database yet. */
  public int waiting() {
    return batcher.waiting();
  }

  /** Takes the request into the ledger. Never blocks. */
  public void record(Ended ended) {
    if (!batcher.offer(ended)) {
      Unwritten.log(ended);
    }
  }

  /** Writes what waits and ends. Blocks for some seconds where the database fails. */
  @Override
  public void close() {
    batcher.close(LAST_ROWS).forEach(Unwritten::log);
  }

  /** The work of the ledger's thread. */
  private final class Writing implements Batcher.Work<Ended> {
    private long lastTry;

    @Override
    public void group(List<Ended> group) {
      boolean failing = false;
      while (!rows.write(group, failing)) {
        failing = true;
        if (batcher.closed() && tooLate()) {
          group.forEach(Unwritten::log);
          return;
        }
        pause();
      }
      if (failing) {
        LOG.atInfo().addKeyValue("waiting", waiting()).log("the ledger can be written again");
      }
    }

    private boolean tooLate() {
      long now = System.nanoTime();
      lastTry = lastTry == 0 ? now + LAST_TRIES.toNanos() : lastTry;
      return now - lastTry > 0;
    }

    @Override
    public void end() {
      rows.close();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException e) {
      // close() waits for the end: try again at once.
    }
  }
}
