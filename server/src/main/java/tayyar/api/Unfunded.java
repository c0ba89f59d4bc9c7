package tayyar.api;

import java.util.function.Consumer;

/** Thrown where it is not known yet whether a balance covers a request. */
public final class Unfunded extends Undecided {
  private static final long serialVersionUID = 1L;

  /** A request that waits; see {@link Undecided}. */
  public Unfunded(long untilNanos, Consumer<Runnable> wait) {
    super(untilNanos, wait);
  }
}
