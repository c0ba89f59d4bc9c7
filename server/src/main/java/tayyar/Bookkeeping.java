package tayyar;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountException;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Billing;
import tayyar.accounts.BookStore;
import tayyar.accounts.Elsewhere;
import tayyar.accounts.Leases;
import tayyar.accounts.LimitStore;
import tayyar.accounts.Retention;
import tayyar.accounts.Warnings;
import tayyar.api.ApiError;
import tayyar.api.Bill;
import tayyar.api.Bound;
import tayyar.api.Keep;
import tayyar.api.Key;
import tayyar.api.Money;
import tayyar.api.OpenRow;
import tayyar.api.StoreAddress;
import tayyar.api.Storing;
import tayyar.customer.CustomerPages;
import tayyar.keys.KeyRing;
import tayyar.keys.KeyStore;
import tayyar.keys.KeyWatch;
import tayyar.ledger.Ledger;
import tayyar.postgres.PostgresShares;
import tayyar.store.Store;
import tayyar.stored.Shelf;
import tayyar.telemetry.Gauge;
import tayyar.telemetry.Telemetry;

/** The store, and all that is kept in it: keys, accounts and the ledger. Thread-safe. */
final class Bookkeeping implements AutoCloseable {
  private static final int LEDGER_ROWS_MAX = 100_000;

  /** The longest time that a customer may read the store. */
  private static final Duration CUSTOMER = Duration.ofSeconds(3);

  /** Between two looks for what other gateways have charged. */
  private static final Duration ELSEWHERE = Duration.ofSeconds(1);

  private final Store store;
  private final Ledger ledger;
  private final KeyRing ring = new KeyRing();
  private final Leases leases;
  private final Elsewhere elsewhere;
  private long lookedNanos = System.nanoTime();
  private final Billing billing;
  private final KeyWatch watch;
  private final @Nullable Retirement retirement;
  private final @Nullable Shelf shelf;

  /**
   * Opens the store, writes what a killed process has left, and reads keys and accounts.
   *
   * @param plan names the store, and how long rows and responses are kept
   * @param voided is told the ids of keys that have become void, and why
   * @throws IOException with a sentence, if the store or its journal cannot be used
   */
  Bookkeeping(Plan plan, Consumer<Map<String, ApiError>> voided) throws IOException {
    Path journals = plan.store().journals();
    Keep keep = plan.keep();
    this.store = Store.open(plan.store());
    this.ledger = Ledger.open(store.ledgerSource(), journals, isShared(plan), LEDGER_ROWS_MAX);
    this.leases = Leases.start(store.dataSource(), ledger.gateway());
    this.billing = new Billing(leases, plan.bounds().of(Bound.OVERRUN) * Money.NANOS);
    ring.onVoid(voided);
    var keys = new KeyStore(store.dataSource());
    var books = new BookStore(store.dataSource(), ledger.gateway());
    this.elsewhere = books.elsewhere();
    var limits = new LimitStore(store.dataSource());
    this.watch =
        KeyWatch.start(store::keysVersion, () -> read(books, keys, limits), this::lookAround);
    store.onChange(watch::wake);
    this.retirement =
        keep == null
            ? null
            : Retirement.start(
                new Retention(store.dataSource(), () -> Ledger.kept(journals), keep));
    this.shelf = shelf(plan.storing());
  }

  /** Whether gateways on other machines may use the store. */
  private static boolean isShared(Plan plan) {
    return plan.store() instanceof StoreAddress.Server;
  }

  private @Nullable Shelf shelf(@Nullable Storing storing) throws IOException {
    if (storing == null) {
      return null;
    }
    try {
      return Shelf.open(store.dataSource(), store.dataSource(CUSTOMER), ledger.gateway(), storing);
    } catch (SQLException e) {
      throw new IOException("The stored responses cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** Where responses are stored; null where none may be. */
  @Nullable Shelf shelf() {
    return shelf;
  }

  /** Balances first: a new key is let in when its account is known. */
  private void read(BookStore books, KeyStore keys, LimitStore limits) {
    billing.swap(books.books());
    ring.swap(keys.snapshot(limits.all()));
  }

  /**
   * At each look of the watch. What others have spent is read once a second, and later if need be.
   */
  private void lookAround() {
    ring.look();
    long now = System.nanoTime();
    if (now - lookedNanos >= ELSEWHERE.toNanos()) {
      lookedNanos = now;
      try {
        elsewhere.look(billing);
      } catch (AccountException e) {
        // The watch itself tells that the store is away.
      }
    }
  }

  DataSource dataSource() {
    return store.dataSource();
  }

  /** Gives connections for counters of limits that gateways share. */
  DataSource counters() {
    return store.dataSource(PostgresShares.MOST);
  }

  /** What whoever holds a key sees. */
  CustomerPages customers(boolean namesTargets) {
    DataSource data = store.dataSource(CUSTOMER);
    return new CustomerPages(data, CUSTOMER, billing, ledger.gateway(), namesTargets);
  }

  KeyRing ring() {
    return ring;
  }

  Ledger ledger() {
    return ledger;
  }

  Bill bill(Key key, long startedAtMs) {
    return billing.open(key, startedAtMs);
  }

  OpenRow begin(String requestId, Key key, long startedAtMs) {
    return ledger.begin(requestId, key, startedAtMs);
  }

  /** What refuses requests to these models, or of these regions, by the accounts. Blocks. */
  Warnings warnings(List<String> models, Set<String> regions) {
    return Warnings.of(new AccountStore(store.dataSource()), models, regions);
  }

  /** Takes in what was written a moment ago. */
  void look() {
    watch.look();
  }

  void gauges(Telemetry telemetry) {
    telemetry.gauge(Gauge.LEDGER_WAITING, ledger::waiting);
    telemetry.gauge(Gauge.STORE_LOST, () -> store.lost() ? 1 : 0);
    telemetry.gauge(Gauge.JOURNAL, ledger::kept);
    telemetry.gauge(Gauge.LEASE_AGE, leases::age);
    telemetry.gauge(Gauge.HOLDERS, billing::holders);
    telemetry.gauge(Gauge.HELD, () -> billing.held() / (double) Money.NANOS);
  }

  /** Writes the last rows. */
  @Override
  public void close() {
    watch.close();
    if (retirement != null) {
      retirement.close();
    }
    if (shelf != null) {
      shelf.close();
    }
    ledger.close();
    leases.close();
    store.close();
  }
}
