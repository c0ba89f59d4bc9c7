package tayyar.api;

import java.util.function.Consumer;

/**
 * Thrown where it is not known yet whether a balance covers a request: the request is to be tried
 * again. It has no stack trace, because it is no bug.
 */
public final class Unfunded extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Consumer<Runnable> wait;

  /**
   * A request that waits.
   *
   * @param wait takes what to do when it is known, which is within a second
   */
  public Unfunded(Consumer<Runnable> wait) {
    super("not known yet", null, false, false);
    this.wait = wait;
  }

  /**
   * Asks.
   *
   * @param again tries the request again; called once, on another thread
   */
  public void await(Runnable again) {
    wait.accept(again);
  }
}
