package tayyar.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Batcher;
import tayyar.api.Ended;
import tayyar.api.Key;
import tayyar.api.OpenRow;

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

  private final String gateway;
  private final Rows rows;
  private final int queueMax;
  private final Batcher<Slot> batcher;
  private final @Nullable Journal journal;

  /**
   * Starts writing, without a journal.
   *
   * @param queueMax rows that may wait before {@link #room} is false, at least 1
   */
  public Ledger(DataSource dataSource, int queueMax) {
    this(dataSource, queueMax, null, "");
  }

  private Ledger(DataSource dataSource, int queueMax, @Nullable Journal journal, String gateway) {
    this.gateway = gateway;
    this.rows = new Rows(dataSource, gateway);
    this.queueMax = queueMax;
    this.journal = journal;
    var pace = new Batcher.Pace(queueMax + RESERVE, GROUP, GROUP_MAX, GATHER, Batcher.Pace.NEVER);
    this.batcher = new Batcher<>("ledger", pace, new Writing());
    batcher.start();
  }

  /**
   * Writes the rows of this machine's processes that were killed, and starts with a journal.
   *
   * @param journals the path whose name the journals' names begin with
   * @param shared whether processes of other machines may write to the database
   * @param queueMax as above
   * @throws IOException if the journal cannot be used, or the database
   */
  public static Ledger open(DataSource dataSource, Path journals, boolean shared, int queueMax)
      throws IOException {
    String machine = shared ? Machine.name(journals) : "";
    Journal journal = Journal.open(journals, new Recovery(dataSource));
    return new Ledger(dataSource, queueMax, journal, machine + journal.number());
  }

  /**
   * Begins the row of a request, which outlives this process from now on; the caller ends it by
   * {@link #record} or drops it. Never blocks.
   *
   * @param startedAtMs when the request came, milliseconds since the epoch
   */
  public OpenRow begin(String requestId, Key key, long startedAtMs) {
    return journal == null ? OpenRow.NONE : journal.begin(requestId, key, startedAtMs);
  }

  /** This process' name among all that live and write to this database. */
  public String gateway() {
    return gateway;
  }

  /**
   * The ids of all requests of a database that stand in a journal of this machine now: they are
   * running, or their row may still be written, also by the next start. Blocks.
   *
   * @param journals the path whose name the journals' names begin with
   * @throws UncheckedIOException if a journal cannot be read
   */
  public static Set<String> kept(Path journals) {
    try {
      return Journal.ids(journals);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Whether a server of this machine writes to a database. Blocks.
   *
   * @param journals the path whose name the journals' names begin with
   * @throws UncheckedIOException if a journal cannot be opened
   */
  public static boolean isInUse(Path journals) {
    try {
      return Journal.isInUse(journals);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Requests in the journal: running ones, and those whose row is not written yet. */
  public int kept() {
    return journal == null ? 0 : journal.kept();
  }

  /** Whether the ledger has room for new requests; callers refuse them where it has none. */
  public boolean room() {
    return waiting() < queueMax;
  }

  /** Rows that are not in the database yet. */
  public int waiting() {
    return batcher.waiting();
  }

  /** Takes a request that has no open row into the ledger. Never blocks. */
  public void record(Ended ended) {
    record(OpenRow.NONE, ended);
  }

  /** Takes the request into the ledger. Never blocks. */
  public void record(OpenRow row, Ended ended) {
    Slot slot = row instanceof Slot its ? its : Slot.unkept();
    slot.end(ended);
    if (!batcher.offer(slot)) {
      unwritten(slot);
    }
  }

  /** What stands in the journal is written at the next start. */
  private static void unwritten(Slot slot) {
    if (slot.number() < 0) {
      Unwritten.log(slot.ended());
    }
  }

  /** Writes what waits and ends. Blocks for some seconds where the database fails. */
  @Override
  public void close() {
    batcher.close(LAST_ROWS).forEach(Ledger::unwritten);
    if (journal != null) {
      int kept = journal.kept();
      if (kept > 0) {
        LOG.atWarn().addKeyValue("rows", kept).log("rows are left to the next start");
      }
      journal.close();
    }
  }

  /** The work of the ledger's thread. */
  private final class Writing implements Batcher.Work<Slot> {
    private final List<Ended> ended = new ArrayList<>(GROUP);
    private long lastTry;

    @Override
    public void group(List<Slot> group) {
      group.forEach(slot -> ended.add(slot.ended()));
      boolean written = write();
      ended.clear();
      if (!written) {
        group.forEach(Ledger::unwritten);
      } else if (journal != null) {
        journal.free(group);
      }
    }

    private boolean write() {
      boolean failing = false;
      while (!rows.write(ended, failing)) {
        failing = true;
        if (batcher.closed() && tooLate()) {
          return false;
        }
        pause();
      }
      if (failing) {
        LOG.atInfo().addKeyValue("waiting", waiting()).log("the ledger can be written again");
      }
      return true;
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
