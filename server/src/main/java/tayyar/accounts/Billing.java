package tayyar.accounts;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tayyar.api.Account;
import tayyar.api.Bill;
import tayyar.api.Key;

/**
 * Opens the bills of requests. Prices and balances are in memory: nothing here waits for the
 * database. Thread-safe.
 */
public final class Billing {
  private final Map<String, Balance> balances = new ConcurrentHashMap<>();
  private final Map<String, Spendings> spendings = new ConcurrentHashMap<>();
  private final Lender lender;
  private final long overrun;
  private final LongSupplier clock;
  private volatile PriceList prices = PriceList.EMPTY;

  /**
   * Billing that knows no prices and no balances yet.
   *
   * @param lender lends the money that is held
   * @param overrun billionths that an organisation's running answers may cost beyond what is leased
   *     while the store is away
   */
  public Billing(Leases lender, long overrun) {
    this(lender, overrun, InstantSource.system());
  }

  Billing(Lender lender, long overrun, InstantSource clock) {
    this.lender = lender;
    this.overrun = overrun;
    this.clock = clock::millis;
  }

  /** Takes in what another process has changed. */
  public void swap(Books books) {
    prices = books.prices();
    balances.forEach((id, known) -> known.inStore(books.inStore().getOrDefault(id, 0L)));
    books.spentBefore().forEach((holder, its) -> spendings(its.organisationId()).know(holder, its));
  }

  /** Takes in what another gateway has charged. */
  void spentElsewhere(Elsewhere.Charge its, long nowMs) {
    spendings(its.organisationId()).spentElsewhere(its, nowMs);
  }

  /**
   * Opens a bill, at the prices of its beginning.
   *
   * @param startedAtMs when the request came
   */
  public Bill open(Key key, long startedAtMs) {
    Account account = key.account();
    if (!account.pays()) {
      return new OpenBill(key, prices, startedAtMs, null, 0, clock);
    }
    String its = account.organisationId();
    var purse = new Purse(account, balance(its), new Allowance(spendings(its), key, startedAtMs));
    return new OpenBill(key, prices, startedAtMs, purse, overrun, clock);
  }

  private Balance balance(String organisationId) {
    Balance known = balances.get(organisationId);
    return known == null
        ? balances.computeIfAbsent(organisationId, id -> new Balance(id, lender))
        : known;
  }

  private Spendings spendings(String organisationId) {
    Spendings known = spendings.get(organisationId);
    return known == null ? spendings.computeIfAbsent(organisationId, _ -> new Spendings()) : known;
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

  /**
   * Returns an organisation's money as it is now. Blocks.
   *
   * @param read reads what came and what is not leased by this gateway
   */
  public Standing standing(String organisationId, Supplier<Unleased> read) {
    Balance balance = balance(organisationId);
    synchronized (balance) {
      Unleased its = read.get();
      return new Standing(its.granted(), its.rest() + balance.available(), balance.held());
    }
  }

  /**
   * What the store says of an organisation's money, billionths of the currency.
   *
   * @param granted all that came
   * @param rest of it what no request has used, less what is leased by this gateway
   */
  public record Unleased(long granted, long rest) {}

  /** Returns what a key's own limits of spending leave, at least 0; the largest number for none. */
  public long left(Key key) {
    Account its = key.account();
    return key.limits().ofSpend()
        ? Math.max(
            0,
            spendings(its.organisationId())
                .left(key.id(), its.zone(), key.limits(), clock.getAsLong()))
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

  /** Billionths of an organisation's that are leased and not held. */
  long available(String organisationId) {
    return balance(organisationId).available();
  }
}
