package tayyar.wire;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One timer for all deadlines of a stream or a connection: it wakes at the nearest, looks, and is
 * set to the next. A token costs it nothing. Used on one event loop only.
 */
public final class Deadlines {

  /** Looks at what is due. */
  @FunctionalInterface
  public interface Look {
    /**
     * Acts on what is due.
     *
     * @return nanoseconds until the next look; 0 or less for none
     */
    long look(long nowNanos);
  }

  private final EventLoop loop;
  private final LongSupplier clock;
  private final Look look;
  private @Nullable ScheduledFuture<?> next;
  private boolean stopped;

  /**
   * Deadlines that are not watched yet.
   *
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  public Deadlines(EventLoop loop, LongSupplier clock, Look look) {
    this.loop = loop;
    this.clock = clock;
    this.look = look;
  }

  /** Looks for the first time in this many nanoseconds. */
  public void start(long inNanos) {
    next = loop.schedule(this::wake, Math.max(1, inNanos), TimeUnit.NANOSECONDS);
  }

  /** Looks in this many nanoseconds, and not at the time that was set before. */
  public void sooner(long inNanos) {
    if (next != null) {
      next.cancel(false);
    }
    start(inNanos);
  }

  /** Looks no more. */
  public void stop() {
    stopped = true;
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  private void wake() {
    long in = look.look(clock.getAsLong());
    if (!stopped && in > 0) {
      start(in);
    }
  }
}
