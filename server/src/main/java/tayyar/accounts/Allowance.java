package tayyar.accounts;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.ApiError;
import tayyar.api.Key;
import tayyar.api.LimitFault;
import tayyar.api.LimitFault.Spend.Period;
import tayyar.api.Scope;

/**
 * What the limits of spending allow one request. What it holds and what it has cost counts for its
 * key, its project and its organisation. Used on one event loop.
 */
final class Allowance {
  private final Spendings lock;
  private final Spent ofKey;
  private final Spent ofProject;
  private final Spent ofOrganisation;
  private final List<Scope> scopes;
  private final long atMs;
  private @Nullable Scope reached;

  /**
   * An allowance of which nothing is held.
   *
   * @param all of the key's organisation
   * @param atMs the moment whose day and month count
   */
  Allowance(Spendings all, Key key, long atMs) {
    Account account = key.account();
    this.lock = all;
    synchronized (all) {
      this.ofKey = all.at(key.id(), account.zone());
      this.ofProject = all.at(account.projectId(), account.zone());
      this.ofOrganisation = all.at(account.organisationId(), account.zone());
    }
    this.scopes = key.scopes();
    this.atMs = atMs;
  }

  /** Nothing is asked for: no limit is reached. */
  void none() {
    reached = null;
  }

  /** Holds an amount, or as much of it as all limits leave; returns how much. */
  long hold(long wanted) {
    reached = null;
    synchronized (lock) {
      long most = wanted;
      for (int i = 0; i < scopes.size(); i++) {
        Scope scope = scopes.get(i);
        if (scope.limits().ofSpend()) {
          long left = Math.max(0, of(scope).left(scope.limits(), atMs));
          reached = left < most ? scope : reached;
          most = Math.min(most, left);
        }
      }
      count(most);
      return most;
    }
  }

  /** Holds an amount, or nothing where a limit leaves less. */
  boolean holdAll(long wanted) {
    synchronized (lock) {
      long its = hold(wanted);
      if (its < wanted) {
        count(-its);
      }
      return its == wanted;
    }
  }

  /** Ends a hold; of it this much is used. */
  void settle(long hold, long used, long nowMs) {
    synchronized (lock) {
      count(-hold);
      ofKey.spend(used, nowMs);
      ofProject.spend(used, nowMs);
      ofOrganisation.spend(used, nowMs);
    }
  }

  private void count(long held) {
    ofKey.hold(held);
    ofProject.hold(held);
    ofOrganisation.hold(held);
  }

  private Spent of(Scope scope) {
    return switch (scope.level()) {
      case KEY -> ofKey;
      case PROJECT -> ofProject;
      case ORGANISATION, PLAN -> ofOrganisation;
    };
  }

  /** The limit because of which the last hold was not all that was wanted; null where none is. */
  @Nullable ApiError reached() {
    Scope its = reached;
    if (its == null) {
      return null;
    }
    synchronized (lock) {
      Spent spent = of(its);
      Period period = spent.tighter(its.limits(), atMs);
      return new ApiError.OfLimit(new LimitFault.Spend(its, period, spent.ends(period, atMs)));
    }
  }
}
