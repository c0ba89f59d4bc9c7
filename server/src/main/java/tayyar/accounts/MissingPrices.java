package tayyar.accounts;

import java.time.Instant;
import java.util.List;
import tayyar.accounts.AccountStore.Organisation;

/** Warns of models that nobody who pays may use, for they have no price. */
public final class MissingPrices {
  private MissingPrices() {}

  /**
   * Looks for them.
   *
   * @param served the models' names
   * @return a sentence; empty where all have a price, or nobody pays
   */
  public static String warning(AccountStore accounts, List<String> served) {
    if (accounts.organisations().stream().noneMatch(Organisation::pays)) {
      return "";
    }
    var known = new PriceList(accounts.prices());
    long now = Instant.now().toEpochMilli();
    List<String> missing = served.stream().filter(name -> known.at(name, now) == null).toList();
    return missing.isEmpty()
        ? ""
        : "Without a price: "
            + String.join(", ", missing)
            + ". Organisations that pay get 503 no_price.";
  }
}
