package tayyar.upstream;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.wire.Deadlines;

/**
 * How long a try may be silent: until its first token, then until each next one, and a little while
 * behind what looks like its end; or until the whole answer, where that comes as one document.
 * While the reader is slow nobody is late. Used on one event loop.
 */
final class Patience {
  /** How long a target may leave an answer open that is over but for its end. */
  private static final Duration END = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final LongSupplier clock;
  private final Runnable late;
  private Bounds bounds = Bounds.DEFAULT;
  private @Nullable Deadlines deadlines;
  private Duration most = Duration.ZERO;
  private boolean paused;
  private long quietSince;

  /**
   * Watches nothing yet.
   *
   * @param clock nanoseconds, as {@link System#nanoTime()}
   * @param late told when it has been silent for too long; nothing is watched any more then
   */
  Patience(EventLoop loop, LongSupplier clock, Runnable late) {
    this.loop = loop;
    this.clock = clock;
    this.late = late;
  }

  /**
   * Waits for a first token from now on.
   *
   * @param asksWhole whether all comes at once
   * @return the clock's reading
   */
  long begin(Bounds its, boolean asksWhole) {
    stop();
    bounds = its;
    most = its.of(asksWhole ? Deadline.WHOLE : Deadline.FIRST_TOKEN);
    quietSince = clock.getAsLong();
    deadlines = new Deadlines(loop, clock, this::look);
    deadlines.start(nextLook(quietSince));
    return quietSince;
  }

  /**
   * A token has come.
   *
   * @return the clock's reading
   */
  long spoke() {
    most = bounds.of(Deadline.BETWEEN_TOKENS);
    quietSince = clock.getAsLong();
    return quietSince;
  }

  /** All that matters has come, as it seems: only the end of it is waited for. */
  void ended() {
    Duration token = bounds.of(Deadline.BETWEEN_TOKENS);
    most = token.compareTo(END) < 0 ? token : END;
    quietSince = clock.getAsLong();
    if (deadlines != null) {
      deadlines.sooner(most.toNanos());
    }
  }

  boolean paused() {
    return paused;
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    quietSince = clock.getAsLong();
  }

  void stop() {
    if (deadlines != null) {
      deadlines.stop();
      deadlines = null;
    }
  }

  private long look(long now) {
    if (paused || now - quietSince < mostNanos()) {
      return nextLook(now);
    }
    late.run();
    return 0;
  }

  private long mostNanos() {
    return most.toNanos();
  }

  private long nextLook(long now) {
    long left = paused ? mostNanos() : quietSince + mostNanos() - now;
    return Math.max(1_000_000, Math.min(left, bounds.nanos(Deadline.BETWEEN_TOKENS)));
  }
}
