package tayyar.limits;

/**
 * The requests of one key, project or organisation that its limits count. Not thread-safe: its
 * {@link Holders} is the lock.
 */
final class Holder {
  private final Window requests;
  private final Window tokens;
  private final Budget.Account memory = new Budget.Account();
  private int open;
  private long usedAt;

  Holder(long second) {
    this.usedAt = second;
    this.requests = new Window(second);
    this.tokens = new Window(second);
  }

  /** Moves its windows on to this second; an earlier one counts as the present one. */
  void advance(long second) {
    if (second > usedAt) {
      requests.advance(second);
      tokens.advance(second);
      usedAt = second;
    }
  }

  Window requests() {
    return requests;
  }

  Window tokens() {
    return tokens;
  }

  /** The memory that its requests hold. */
  Budget.Account memory() {
    return memory;
  }

  /** Requests under way. */
  int open() {
    return open;
  }

  /** Counts a request that begins. */
  void begin() {
    requests.count(1);
    open++;
  }

  /** A request is over. */
  void end() {
    open--;
  }

  /** Whether nothing of it counts any more. */
  boolean isIdle(long second) {
    return open == 0 && second - usedAt >= Window.SECONDS && memory.isEmpty();
  }
}
