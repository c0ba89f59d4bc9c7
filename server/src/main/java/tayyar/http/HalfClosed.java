package tayyar.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a client that ended its sending side is still there. A closed socket looks the
 * same as one that waits for its answer, but answers bytes with a reset, which fails the next
 * write. So while an answer runs, bytes without a meaning are written, soon and then more seldom.
 * Used on one event loop.
 */
final class HalfClosed {
  private static final long FIRST_MS = 50;
  private static final long MOST_MS = 1_000;

  private final EventLoop loop;
  private final BooleanSupplier probe;
  private @Nullable ScheduledFuture<?> next;
  private long waitMs = FIRST_MS;

  /**
   * Starts probing.
   *
   * @param probe writes bytes where an answer runs; returns whether it wrote
   */
  HalfClosed(EventLoop loop, BooleanSupplier probe) {
    this.loop = loop;
    this.probe = probe;
    schedule(FIRST_MS);
  }

  private void schedule(long inMs) {
    next = loop.schedule(this::ask, inMs, TimeUnit.MILLISECONDS);
  }

  private void ask() {
    boolean asked = probe.getAsBoolean();
    if (next != null) {
      schedule(waitMs);
      waitMs = asked ? Math.min(MOST_MS, 2 * waitMs) : waitMs;
    }
  }

  /** Stops probing. */
  void stop() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }
}
