package tayyar.api;

import java.util.function.Consumer;

/**
 * Thrown where it is not known yet whether a request is let in: it is to be tried again. It has no
 * stack trace, because it is no bug.
 */
public class Undecided extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long untilNanos;
  private final transient Consumer<Runnable> wait;

  /**
   * A request that waits.
   *
   * @param untilNanos how long it waits at most, as {@link System#nanoTime()}
   * @param wait takes what to do when it is known, or behind that time
   */
  public Undecided(long untilNanos, Consumer<Runnable> wait) {
    super("not known yet", null, false, false);
    this.untilNanos = untilNanos;
    this.wait = wait;
  }

  /**
   * How long the request waits at most, as {@link System#nanoTime()}: whoever asks keeps to it, for
   * the one who answers may be held up. Tried again behind it, the request is refused or admitted.
   */
  public long untilNanos() {
    return untilNanos;
  }

  /**
   * Asks.
   *
   * @param again tries the request again; called once, on another thread, at times too late
   */
  public void await(Runnable again) {
    wait.accept(again);
  }
}
