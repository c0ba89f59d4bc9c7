package tayyar.accounts;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tayyar.api.Account;
import tayyar.api.Bill;
import tayyar.api.Key;
import tayyar.api.Scope;

/**
 * Opens the bills of requests. Prices and balances are in memory: nothing here waits for the
 * database. Thread-safe.
 */
public final class Billing {
  private final Map<String, Balance> balances = new ConcurrentHashMap<>();
  private final Map<String, Spent> spent = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private volatile PriceList prices = PriceList.EMPTY;

  /** Billing that knows no prices and no balances yet. */
  public Billing() {
    this(InstantSource.system());
  }

  Billing(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Takes in what another process has changed. Charges of this process are known here first, so of
   * an organisation that is known the movements alone count.
   */
  public void swap(Books books) {
    prices = books.prices();
    books
        .sums()
        .forEach(
            (organisation, sums) -> {
              Balance known = balances.get(organisation);
              if (known == null) {
                balances.put(organisation, new Balance(sums.granted(), sums.used()));
              } else {
                known.granted(sums.granted());
              }
            });
    books
        .spentBefore()
        .forEach(
            (holder, its) -> spent(holder, its.zone()).know(its.day(), its.month(), its.atMs()));
  }

  /**
   * Opens a bill, at the prices of its beginning.
   *
   * @param startedAtMs when the request came
   */
  public Bill open(Key key, long startedAtMs) {
    Account account = key.account();
    if (!account.pays()) {
      return new OpenBill(key, prices, startedAtMs, null, _ -> {});
    }
    Balance balance = balances.computeIfAbsent(account.organisationId(), _ -> new Balance(0, 0));
    var purse = new Purse(account, balance, spendings(key), startedAtMs);
    return new OpenBill(key, prices, startedAtMs, purse, amount -> spend(key, amount));
  }

  private List<Purse.Spending> spendings(Key key) {
    List<Purse.Spending> all = List.of();
    for (Scope scope : key.scopes()) {
      if (scope.limits().ofSpend()) {
        all = all.isEmpty() ? new ArrayList<>() : all;
        all.add(new Purse.Spending(scope, spent(scope.holder(), key.account().zone())));
      }
    }
    return all;
  }

  private Spent spent(String holder, ZoneId zone) {
    Spent known = spent.get(holder);
    return known == null ? spent.computeIfAbsent(holder, _ -> new Spent(zone)) : known;
  }

  /** Counts what a request has cost, for its key, its project and its organisation. */
  private void spend(Key key, long amount) {
    if (amount > 0) {
      long now = clock.millis();
      Account account = key.account();
      spent(key.id(), account.zone()).spend(amount, now);
      spent(account.projectId(), account.zone()).spend(amount, now);
      spent(account.organisationId(), account.zone()).spend(amount, now);
    }
  }

  /**
   * One organisation's money, billionths of the currency.
   *
   * @param granted all that came onto the balance
   * @param available what no running request holds and none has used; may be below zero
   * @param held what running requests hold
   */
  public record Standing(long granted, long available, long held) {
    /** Returns what requests that are over have used. */
    public long used() {
      return granted - available - held;
    }
  }

  /** Returns an organisation's money as it is now; nothing where it is not known. */
  public Standing standing(String organisationId) {
    Balance balance = balances.get(organisationId);
    return balance == null ? new Standing(0, 0, 0) : balance.standing();
  }

  /** Returns what a key's own limits of spending leave, at least 0; the largest number for none. */
  public long left(Key key) {
    return key.limits().ofSpend()
        ? Math.max(0, spent(key.id(), key.account().zone()).left(key.limits(), clock.millis()))
        : Long.MAX_VALUE;
  }

  /** Billionths of the currency that running requests hold, of all organisations. */
  public long held() {
    return balances.values().stream().mapToLong(Balance::held).sum();
  }

  /** Requests that hold a part of a balance. */
  public int holders() {
    return balances.values().stream().mapToInt(Balance::holders).sum();
  }

  /** Billionths that an organisation has left; 0 where it is not known. */
  long available(String organisationId) {
    Balance balance = balances.get(organisationId);
    return balance == null ? 0 : balance.available();
  }
}
