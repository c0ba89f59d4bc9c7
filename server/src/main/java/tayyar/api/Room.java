package tayyar.api;

/**
 * The memory that one request may hold: its body, and what of its answer waits for somebody. Drawn
 * from what the process has for all of them. Safe for use by any thread.
 */
public interface Room {
  /** As much as is asked for; for parts that are tried by themselves. */
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
   * Takes bytes; what is not given back is given back at the request's end.
   *
   * @return false, and nothing is taken, where so many are not left
   */
  boolean take(long bytes);

  /** Gives bytes back that were taken. */
  void give(long bytes);

  /**
   * Takes bytes that the answer can't do without.
   *
   * @throws Refused where so many are not left
   */
  default void need(long bytes) {
    if (!take(bytes)) {
      throw new Refused(new ApiError.MemoryFull());
    }
  }
}
