package tayyar.accounts;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The part of one organisation's money that is lent to this gateway, less what its requests have
 * used and what running ones hold. Thread-safe; holding takes no lock.
 *
 * <p>Its monitor is held while the store's lease and this change together.
 */
final class Balance {
  /** For so long nobody asks again where others have all of the rest. */
  static final Duration EMPTY = Duration.ofMillis(200);

  private final String organisationId;
  private final Lender lender;

  /** What is lent, less all that was used: what is available and what is held. */
  private final AtomicLong leased = new AtomicLong();

  private final AtomicLong available = new AtomicLong();
  private final AtomicInteger holders = new AtomicInteger();
  private final AtomicBoolean refilling = new AtomicBoolean();
  private volatile boolean allIsHere;
  private volatile long emptyUntil = System.nanoTime();
  private long inStore = Long.MIN_VALUE;

  /** A balance of which nothing is lent yet. */
  Balance(String organisationId, Lender lender) {
    this.organisationId = organisationId;
    this.lender = lender;
  }

  String organisationId() {
    return organisationId;
  }

  /** The store says what came onto the balance, with its overdraft: a change is looked into. */
  void inStore(long now) {
    synchronized (this) {
      if (now == inStore) {
        return;
      }
      inStore = now;
    }
    allIsHere = false;
    emptyUntil = System.nanoTime();
    lender.ask(this, 0, System.nanoTime() + EMPTY.toNanos(), null);
  }

  /**
   * Holds an amount, or as much of it as is there.
   *
   * @param beyond how far below zero it may go
   * @return how much is held now, 0 to {@code wanted}
   */
  long hold(long wanted, long beyond) {
    while (true) {
      long now = available.get();
      long most = Math.min(wanted, now + beyond);
      if (most <= 0) {
        return 0;
      }
      if (available.compareAndSet(now, now - most)) {
        return most;
      }
    }
  }

  /** Holds an amount, or nothing where not all of it is there: others never see a part of it. */
  boolean holdAll(long wanted) {
    long now = available.get();
    while (wanted <= now) {
      if (available.compareAndSet(now, now - wanted)) {
        return true;
      }
      now = available.get();
    }
    return false;
  }

  /** Asks for more before the rest is used up: as much as is held should be there once more. */
  void refill(long atLeast) {
    long wanted = Math.max(atLeast, held()) - available.get();
    if (wanted > 0 && !isEmpty() && refilling.compareAndSet(false, true)) {
      long until = System.nanoTime() + Leases.PATIENCE.toNanos();
      lender.ask(this, wanted, until, () -> refilling.set(false));
    }
  }

  /** Asks for an amount that a request waits for; see {@link Lender#ask}. */
  void ask(long wanted, long untilNanos, @Nullable Runnable then) {
    lender.ask(this, wanted, untilNanos, then);
  }

  /** Whether more can't be had now: all is lent here, or others do not give it back. */
  boolean isEmpty() {
    return allIsHere || emptyUntil - System.nanoTime() > 0;
  }

  /** Whether all there is has been lent here: nothing is left in the store or elsewhere. */
  boolean allIsHere() {
    return allIsHere;
  }

  /** Whether the store can't say at the moment what more there is. */
  boolean isUnknown() {
    return lender.away();
  }

  /** Whether all there is has been lent to this gateway; more comes from outside alone. */
  void allIsHere(boolean now) {
    allIsHere = now;
  }

  /** Other gateways give nothing back. */
  void empty() {
    emptyUntil = System.nanoTime() + EMPTY.toNanos();
  }

  /** More of it is lent. */
  void lent(long more) {
    available.addAndGet(more);
    leased.addAndGet(more);
  }

  /** Takes back what is not held, at most an amount; returns how much. */
  long giveBack(long most) {
    while (true) {
      long now = available.get();
      long back = Math.min(now, most);
      if (back <= 0) {
        return 0;
      }
      if (available.compareAndSet(now, now - back)) {
        leased.addAndGet(-back);
        return back;
      }
    }
  }

  /** Nothing is lent any more; what is held was, and is missing now. */
  void lost() {
    allIsHere = false;
    available.addAndGet(-leased.getAndSet(0));
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
    available.addAndGet(hold - used);
    leased.addAndGet(-used);
  }

  /** Billionths that are lent and that no hold has; below zero by what answers cost beyond. */
  long available() {
    return available.get();
  }

  /** Billionths that running requests hold: what is lent and not available. */
  long held() {
    long rest = available.get();
    return leased.get() - rest;
  }
}
