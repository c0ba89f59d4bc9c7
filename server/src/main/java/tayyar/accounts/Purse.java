package tayyar.accounts;

import java.util.List;
import tayyar.api.Account;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.LimitFault;
import tayyar.api.LimitFault.Spend.Period;
import tayyar.api.Scope;

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
  private ApiError shortOf;

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
    this.shortOf = noBalance();
  }

  private ApiError noBalance() {
    return new ApiError.OfAccount(new AccountFault.QuotaExceeded(account.organisation()));
  }

  /** Billionths that are held. */
  long held() {
    return held;
  }

  /** Holds an amount, or as much of it as there is; returns how much more is held now. */
  long hold(long wanted) {
    long most = balance.hold(wanted, account.overdraft());
    if (most < wanted) {
      shortOf = noBalance();
    }
    for (int i = 0; i < limits.size(); i++) {
      long its = limits.get(i).spent.hold(most, limits.get(i).scope.limits(), atMs);
      if (its < most) {
        shortOf = reached(limits.get(i));
        release(most - its, i);
        most = its;
      }
    }
    add(most);
    return most;
  }

  /** Holds an amount, or nothing where not all of it is there: others never see a part of it. */
  boolean holdAll(long wanted) {
    if (!balance.holdAll(wanted, account.overdraft())) {
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
    return shortOf;
  }

  /** Ends the holds; of them this much is used. What is spent is counted by {@link Billing}. */
  void settle(long used) {
    balance.settle(held, used);
    balance.holders(held > 0 ? -1 : 0);
    limits.forEach(limit -> limit.spent.release(held));
    held = 0;
  }
}
