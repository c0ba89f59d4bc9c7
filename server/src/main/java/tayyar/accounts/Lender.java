package tayyar.accounts;

import org.jspecify.annotations.Nullable;

/** Lends parts of organisations' money to this gateway. Thread-safe; nothing blocks. */
interface Lender {
  /**
   * Asks for more money, which comes by {@link Balance#lent}.
   *
   * @param wanted how much is missing, billionths of the currency; 0 where the amount that there is
   *     has changed
   * @param untilNanos how long to try, as {@link System#nanoTime()}
   * @param then runs when it has come or can't be had, on another thread and not behind that time
   */
  void ask(Balance balance, long wanted, long untilNanos, @Nullable Runnable then);

  /** Whether the store gives no answers at the moment. */
  boolean away();
}
