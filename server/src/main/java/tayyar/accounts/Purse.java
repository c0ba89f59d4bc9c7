package tayyar.accounts;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.LimitFault;
import tayyar.api.LimitFault.Spend.Period;
import tayyar.api.Scope;
import tayyar.api.Unfunded;

/**
 * What one request draws on: its organisation's balance, within all limits of spending. An amount
 * is held in each of them or in none. Used on one event loop.
 */
final class Purse {
  private final Account account;
  private final Balance balance;
  private final List<Spending> limits;
  private final long atMs;
  private long held;
  private long waitUntilNanos;
  private boolean ofBalance = true;
  private boolean wasEmpty;
  private @Nullable ApiError reached;

  /** One limit of spending, and what it is compared with. */
  record Spending(Scope scope, Spent spent) {}

  /**
   * A purse of which nothing is held.
   *
   * @param atMs the moment whose day and month count
   */
  Purse(Account account, Balance balance, List<Spending> limits, long atMs) {
    this.account = account;
    this.balance = balance;
    this.limits = limits;
    this.atMs = atMs;
  }

  /** Billionths that are held. */
  long held() {
    return held;
  }

  /** Holds an amount, or as much of it as there is; returns how much more is held now. */
  long hold(long wanted) {
    return hold(wanted, 0);
  }

  /**
   * The same for an answer that runs: where it is not known what more there is, one slice beyond
   * what is leased is better than an answer that ends too early.
   *
   * @param overrun how far all answers of the organisation may go beyond while the store is away
   */
  long holdMore(long wanted, long overrun) {
    if (balance.isUnknown()) {
      return hold(wanted, Math.max(wanted, overrun));
    }
    return hold(wanted, balance.isEmpty() ? 0 : wanted);
  }

  private long hold(long wanted, long beyond) {
    // Asked before: what is lent behind the hold is all there is, and this request has not seen it.
    wasEmpty = balance.isEmpty();
    long most = balance.hold(wanted, beyond);
    ofBalance = most < wanted;
    reached = null;
    for (int i = 0; i < limits.size(); i++) {
      long its = limits.get(i).spent.hold(most, limits.get(i).scope.limits(), atMs);
      if (its < most) {
        ofBalance = false;
        reached = reached(limits.get(i));
        release(most - its, i);
        most = its;
      }
    }
    add(most);
    balance.refill(0);
    return most;
  }

  /** Holds an amount, or nothing where not all of it is there: others never see a part of it. */
  boolean holdAll(long wanted) {
    if (!balance.holdAll(wanted)) {
      balance.refill(wanted);
      return false;
    }
    for (int i = 0; i < limits.size(); i++) {
      long its = limits.get(i).spent.hold(wanted, limits.get(i).scope.limits(), atMs);
      if (its < wanted) {
        limits.get(i).spent.release(its);
        release(wanted, i);
        return false;
      }
    }
    add(wanted);
    return true;
  }

  private void add(long more) {
    if (held == 0 && more > 0) {
      balance.holders(1);
    }
    held += more;
  }

  /** Gives an amount back to the balance and to the limits before one. */
  private void release(long amount, int before) {
    balance.settle(amount, 0);
    for (int i = 0; i < before; i++) {
      limits.get(i).spent.release(amount);
    }
  }

  private ApiError reached(Spending limit) {
    Period period = limit.spent.tighter(limit.scope.limits(), atMs);
    return new ApiError.OfLimit(
        new LimitFault.Spend(limit.scope, period, limit.spent.ends(period, atMs)));
  }

  /** Why the last hold was not all that was wanted. */
  ApiError shortOf() {
    if (reached != null) {
      return reached;
    }
    String whose = account.organisation();
    return new ApiError.OfAccount(
        balance.isEmpty()
            ? new AccountFault.QuotaExceeded(whose)
            : new AccountFault.BalanceUnknown(whose));
  }

  /**
   * Where more may come, gives back what is held and returns whom to tell that a request waits for
   * an amount; null where the last hold is all that there is, or the request has waited.
   */
  @Nullable Unfunded mayCome(long wanted) {
    long now = System.nanoTime();
    waitUntilNanos = waitUntilNanos == 0 ? now + Leases.PATIENCE.toNanos() : waitUntilNanos;
    if (!ofBalance || wasEmpty || waitUntilNanos - now <= 0) {
      return null;
    }
    settle(0);
    return new Unfunded(waitUntilNanos, again -> balance.ask(wanted, waitUntilNanos, again));
  }

  /** Ends the holds; of them this much is used. What is spent is counted by {@link Billing}. */
  void settle(long used) {
    balance.settle(held, used);
    balance.holders(held > 0 ? -1 : 0);
    limits.forEach(limit -> limit.spent.release(held));
    held = 0;
  }
}
