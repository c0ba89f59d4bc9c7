package tayyar;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.accounts.Retention;
import tayyar.api.RuleException;
import tayyar.api.Threads;

/**
 * Moves rows that are too old out of a running server's ledger, at its start and each hour, on a
 * thread of its own that rests most of the time.
 */
final class Retirement implements AutoCloseable {
  private static final Duration EVERY = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);

  private final Retention retention;
  private final Thread thread = Thread.ofPlatform().daemon().name("retention").unstarted(this::run);
  private volatile boolean closed;

  private Retirement(Retention retention) {
    this.retention = retention;
  }

  static Retirement start(Retention retention) {
    var made = new Retirement(retention);
    made.thread.start();
    return made;
  }

  private void run() {
    while (!closed) {
      once();
      if (!closed) {
        LockSupport.parkNanos(EVERY.toNanos());
      }
    }
  }

  private void once() {
    try {
      Retention.Done done = retention.run(Retention.gentle(() -> !closed));
      if (done.rows() > 0) {
        LOG.atInfo()
            .addKeyValue("rows", done.rows())
            .addKeyValue("files", done.files())
            .log("old requests were moved into sums of days");
      }
    } catch (RuleException e) {
      LOG.atWarn().setCause(e).log("old requests cannot be moved; it is tried again in an hour");
    }
  }

  /** Stops within one small step. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    Threads.awaitEnd(thread);
  }
}
