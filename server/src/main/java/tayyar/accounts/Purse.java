package tayyar.accounts;

import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Unfunded;

/**
 * What one request draws on: its organisation's balance, within all limits of spending. An amount
 * is held in each of them or in none. Used on one event loop.
 */
final class Purse {
  private final Account account;
  private final Balance balance;
  private final Allowance allowance;
  private long held;
  private long waitUntilNanos;
  private boolean ofBalance = true;
  private boolean wasEmpty;
  private boolean allWasHere;

  /** A purse of which nothing is held. */
  Purse(Account account, Balance balance, Allowance allowance) {
    this.account = account;
    this.balance = balance;
    this.allowance = allowance;
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
    look();
    long covered = balance.hold(wanted, beyond);
    long most = allowance.hold(covered);
    ofBalance = most == covered && covered < wanted;
    if (most < covered) {
      balance.settle(covered - most, 0);
    }
    add(most);
    balance.refill(0);
    return most;
  }

  /** Holds an amount, or nothing where not all of it is there: others never see a part of it. */
  boolean holdAll(long wanted) {
    look();
    ofBalance = !balance.holdAll(wanted);
    if (ofBalance) {
      allowance.none();
      balance.refill(wanted);
      return false;
    }
    if (!allowance.holdAll(wanted)) {
      balance.settle(wanted, 0);
      return false;
    }
    add(wanted);
    return true;
  }

  /** Looks before it holds: what is lent behind that may be all there is, and was not seen. */
  private void look() {
    allWasHere = balance.allIsHere();
    wasEmpty = allWasHere || balance.isEmpty();
  }

  private void add(long more) {
    if (held == 0 && more > 0) {
      balance.holders(1);
    }
    held += more;
  }

  /** Why the last hold was not all that was wanted; money that others have is not used up. */
  ApiError shortOf() {
    ApiError reached = allowance.reached();
    if (reached != null) {
      return reached;
    }
    String whose = account.organisation();
    return new ApiError.OfAccount(
        allWasHere
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
    settle(0, 0);
    return new Unfunded(waitUntilNanos, again -> balance.ask(wanted, waitUntilNanos, again));
  }

  /** Ends the holds; of them this much is used, at a moment. */
  void settle(long used, long nowMs) {
    if (held == 0 && used == 0) {
      return;
    }
    balance.settle(held, used);
    balance.holders(held > 0 ? -1 : 0);
    allowance.settle(held, used, nowMs);
    held = 0;
  }
}
