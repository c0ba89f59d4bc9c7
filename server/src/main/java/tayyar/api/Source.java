package tayyar.api;

/**
 * An answer in the making. All methods are called on the event loop that owns the stream, and the
 * {@link Sink} is called on that same loop.
 */
public interface Source {

  /**
   * Begins. Called once.
   *
   * @param sink receives the answer
   */
  void start(Sink sink);

  /**
   * Asks for no more deltas, because the reader is slow. A few that are under way may still come.
   */
  void pause();

  /** Takes a {@link #pause()} back. */
  void resume();

  /**
   * Stops the making of the answer and frees what it holds. The sink is not called again. May come
   * at any time after {@link #start}, also after the end, and more than once.
   */
  void cancel();

  /**
   * Returns the tries and the wait; called once the answer is over or cancelled.
   *
   * @param startedNanos the clock's reading from which times are counted
   */
  default Sought sought(long startedNanos) {
    return Sought.NONE;
  }
}
