package tayyar.keys;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Swaps the ring's keys soon after they have changed in the database, so that keys made or revoked
 * on the command line count in a running server. One thread that asks every 200 ms.
 */
public final class KeyWatch implements AutoCloseable {
  /** Between two looks. */
  static final Duration PERIOD = Duration.ofMillis(200);

  private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);

  private final KeyRing ring;
  private final LongSupplier version;
  private final Supplier<Snapshot> snapshot;
  private final Thread thread;
  private long seen;
  private boolean failing;
  private volatile boolean closed;

  private KeyWatch(KeyRing ring, LongSupplier version, Supplier<Snapshot> snapshot) {
    this.ring = ring;
    this.version = version;
    this.snapshot = snapshot;
    this.thread = Thread.ofPlatform().daemon().name("key-watch").unstarted(this::run);
  }

  /**
   * Fills the ring and goes on watching.
   *
   * @param version changes when a key has changed
   * @param snapshot reads the keys
   */
  public static KeyWatch start(KeyRing ring, LongSupplier version, Supplier<Snapshot> snapshot) {
    KeyWatch watch = new KeyWatch(ring, version, snapshot);
    watch.seen = version.getAsLong();
    ring.swap(snapshot.get());
    watch.thread.start();
    return watch;
  }

  /** Stops watching; no swap comes after it. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
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
    while (!closed) {
      LockSupport.parkNanos(PERIOD.toNanos());
      if (!closed) {
        look();
      }
    }
  }

  /** Looks at once; when it returns, every key that was there before the call is known. */
  public synchronized void look() {
    try {
      long now = version.getAsLong();
      if (now != seen || failing) {
        ring.swap(snapshot.get());
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
