package tayyar.wire;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One timer for all deadlines of a stream or a connection: it fires at the nearest deadline, looks,
 * and is set to the next. A token costs no timer operation. Used on one event loop only.
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

  /** Starts the timer: the first look is in this many nanoseconds. */
  public void start(long inNanos) {
    next = loop.schedule(this::wake, Math.max(1, inNanos), TimeUnit.NANOSECONDS);
  }

  /** Sets the next look to this many nanoseconds from now, in place of the earlier setting. */
  public void sooner(long inNanos) {
    if (next != null) {
      next.cancel(false);
    }
    start(inNanos);
  }

  /** Stops the timer. */
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
