package tayyar.accounts;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tayyar.api.Account;
import tayyar.api.Bill;

/**
 * Opens the bills of requests. Prices and balances are in memory: nothing here waits for the
 * database. Thread-safe.
 */
public final class Billing {
  private final Map<String, Balance> balances = new ConcurrentHashMap<>();
  private volatile PriceList prices = PriceList.EMPTY;

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
  }

  /**
   * Opens a bill, at the prices of its beginning.
   *
   * @param startedAtMs when the request came
   */
  public Bill open(Account account, long startedAtMs) {
    Balance balance =
        account.pays()
            ? balances.computeIfAbsent(account.organisationId(), _ -> new Balance(0, 0))
            : null;
    return new OpenBill(account, prices, startedAtMs, balance);
  }

  /** Billionths of the currency that running requests hold, of all organisations. */
  long held() {
    return balances.values().stream().mapToLong(Balance::held).sum();
  }

  /** Billionths that an organisation has left; 0 where it is not known. */
  long available(String organisationId) {
    Balance balance = balances.get(organisationId);
    return balance == null ? 0 : balance.available();
  }
}
