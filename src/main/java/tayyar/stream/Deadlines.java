package tayyar.stream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer for all deadlines of a stream: it wakes at the nearest, looks, and is set to the next.
 * A token costs it nothing. Used on the stream's event loop only.
 */
final class Deadlines {

  /** Looks at what is due. */
  @FunctionalInterface
  interface Look {
    /**
     * Acts on what is due.
     *
     * @return nanoseconds until the next look; 0 or less for none
     */
    long look(long nowNanos);
  }

  private final EventLoop loop;
  private final Look look;
  private @Nullable ScheduledFuture<?> next;
  private boolean stopped;

  Deadlines(EventLoop loop, Look look) {
    this.loop = loop;
    this.look = look;
  }

  void start(long inNanos) {
    next = loop.schedule(this::wake, Math.max(1, inNanos), TimeUnit.NANOSECONDS);
  }

  void stop() {
    stopped = true;
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  private void wake() {
    long in = look.look(System.nanoTime());
    if (!stopped && in > 0) {
      start(in);
    }
  }
}
