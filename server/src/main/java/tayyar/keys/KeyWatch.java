package tayyar.keys;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Threads;

/**
 * Tells soon after keys, accounts or prices have changed in the database, so that what is done on
 * the command line counts in a running server. One thread that asks every 200 ms, and when it is
 * woken.
 */
public final class KeyWatch implements AutoCloseable {
  /** Between two looks. */
  static final Duration PERIOD = Duration.ofMillis(200);

  /** For the look itself. */
  private static final Duration SPARE = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);

  private final LongSupplier version;
  private final Runnable changed;
  private final Runnable each;
  private final Thread thread;
  private long seen;
  private boolean failing;
  private volatile boolean closed;

  private KeyWatch(LongSupplier version, Runnable changed, Runnable each) {
    this.version = version;
    this.changed = changed;
    this.each = each;
    this.thread = Thread.ofPlatform().daemon().name("key-watch").unstarted(this::run);
  }

  /**
   * Reads all at once and goes on watching.
   *
   * @param version changes when a key has changed, or what belongs to it
   * @param changed takes in what the database says now; may throw where it can't be read
   */
  public static KeyWatch start(LongSupplier version, Runnable changed) {
    return start(version, changed, () -> {});
  }

  /**
   * The same with more to do.
   *
   * @param each is called at each look
   */
  public static KeyWatch start(LongSupplier version, Runnable changed, Runnable each) {
    KeyWatch watch = new KeyWatch(version, changed, each);
    watch.seen = version.getAsLong();
    changed.run();
    watch.thread.start();
    return watch;
  }

  /** Looks soon: something may have changed. */
  public void wake() {
    LockSupport.unpark(thread);
  }

  /** Stops watching; no swap comes after it. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    Threads.awaitEnd(thread);
  }

  /**
   * Returns when each server that watches, in whatever process, has had time to look. Blocks for a
   * quarter of a second.
   */
  public static void letLook() {
    long until = System.nanoTime() + PERIOD.plus(SPARE).toNanos();
    for (long left = PERIOD.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(PERIOD.toNanos());
      if (!closed) {
        look();
      }
    }
  }

  /** Looks at once; when it returns, every key that was there before the call is known. */
  public synchronized void look() {
    each.run();
    try {
      long now = version.getAsLong();
      if (now != seen || failing) {
        changed.run();
        // Only now: a change that could not be read is looked for again.
        seen = now;
      }
      if (failing) {
        failing = false;
        LOG.atInfo().log("keys can be read again");
      }
    } catch (RuntimeException e) {
      if (!failing) {
        failing = true;
        LOG.atError().setCause(e).log("keys cannot be read; the last known ones stay in force");
      }
    }
  }
}
