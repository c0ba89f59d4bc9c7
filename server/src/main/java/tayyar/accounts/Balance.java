package tayyar.accounts;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rest of one organisation's money: its top-ups and grants, less what it has used and what
 * running requests hold. Thread-safe, without a lock.
 */
final class Balance {
  private final AtomicLong available;
  private final AtomicLong held = new AtomicLong();
  private final AtomicInteger holders = new AtomicInteger();
  private long granted;

  /**
   * A balance of which nothing is held.
   *
   * @param granted the sum of all movements, billionths of the currency
   * @param used the sum of all charges
   */
  Balance(long granted, long used) {
    this.granted = granted;
    this.available = new AtomicLong(granted - used);
  }

  /** Takes a new sum of all movements in. */
  synchronized void granted(long now) {
    available.addAndGet(now - granted);
    granted = now;
  }

  /**
   * Holds an amount, or as much of it as is there.
   *
   * @param overdraft how far below zero it may go
   * @return how much is held now, 0 to {@code wanted}
   */
  long hold(long wanted, long overdraft) {
    while (true) {
      long now = available.get();
      long most = Math.min(wanted, now + overdraft);
      if (most <= 0) {
        return 0;
      }
      if (available.compareAndSet(now, now - most)) {
        held.addAndGet(most);
        return most;
      }
    }
  }

  /** Holds an amount, or nothing where not all of it is there: others never see a part of it. */
  boolean holdAll(long wanted, long overdraft) {
    long now = available.get();
    while (wanted <= now + overdraft) {
      if (available.compareAndSet(now, now - wanted)) {
        held.addAndGet(wanted);
        return true;
      }
      now = available.get();
    }
    return false;
  }

  /** A request begins to hold, by a positive number, or ends to, by a negative one. */
  void holders(int more) {
    holders.addAndGet(more);
  }

  /** Requests that hold of it. */
  int holders() {
    return holders.get();
  }

  /** Ends a hold; of it this much is used. */
  void settle(long hold, long used) {
    held.addAndGet(-hold);
    available.addAndGet(hold - used);
  }

  /** Billionths that no hold has; below zero within the overdraft, and by an estimate's error. */
  long available() {
    return available.get();
  }

  /** All of it at about one moment: a hold that begins or ends meanwhile may count twice or not. */
  synchronized Billing.Standing standing() {
    return new Billing.Standing(granted, available.get(), held.get());
  }

  /** Billionths that running requests hold. */
  long held() {
    return held.get();
  }
}
