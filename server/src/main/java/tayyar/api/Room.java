package tayyar.api;

/**
 * The memory that one request may hold, for its body and for waiting parts of its answer. It is
 * drawn on the process's budget. Safe for use by any thread.
 */
public interface Room {
  /** A room without a bound, for parts that are tested by themselves. */
  Room ENDLESS =
      new Room() {
        @Override
        public boolean take(long bytes) {
          return true;
        }

        @Override
        public void give(long bytes) {}
      };

  /**
   * Takes bytes; the request's end gives back what is left of them.
   *
   * @return false, with nothing taken, where too few are left
   */
  boolean take(long bytes);

  /** Gives back bytes that were taken. */
  void give(long bytes);

  /**
   * Takes bytes that the answer needs.
   *
   * @throws Refused if too few are left
   */
  default void need(long bytes) {
    if (!take(bytes)) {
      throw new Refused(new ApiError.MemoryFull());
    }
  }
}
