package tayyar.api;

/**
 * An answer in the making. All methods are called on the event loop that owns the stream, and the
 * {@link Sink} is called on that same loop.
 */
public interface Source {

  /**
   * Begins. Called once.
   *
   * @param sink where the answer goes
   */
  void start(Sink sink);

  /** No more deltas, please: the reader is slow. A few that are under way may still come. */
  void pause();

  /** Takes a {@link #pause()} back. */
  void resume();

  /**
   * Stops the making of the answer and frees what it holds. The sink is not called again. May come
   * at any time after {@link #start}, also after the end, and more than once.
   */
  void cancel();

  /**
   * How the answer was sought; asked once it is over or cancelled.
   *
   * @param startedNanos a reading of the clock from which times are counted
   */
  default Sought sought(long startedNanos) {
    return Sought.NONE;
  }
}
