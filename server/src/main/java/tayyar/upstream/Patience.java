package tayyar.upstream;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.wire.Deadlines;

/**
 * The deadlines of a try's silence: for its first token, for each next one, and a short one after
 * an apparent end; or, for a document, one for the whole answer. They stand still while the reader
 * is slow. Used on one event loop.
 */
final class Patience {
  /** The longest wait for the end of an answer that is complete otherwise. */
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
   * Creates a watch that has not started.
   *
   * @param clock nanoseconds, as {@link System#nanoTime()}
   * @param late called when a deadline passes; the watch has then stopped
   */
  Patience(EventLoop loop, LongSupplier clock, Runnable late) {
    this.loop = loop;
    this.clock = clock;
    this.late = late;
  }

  /**
   * Waits for a first token from now on.
   *
   * @param asksWhole whether the answer comes as one document
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

  /** Waits only for the end: the answer seems to be complete. */
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
