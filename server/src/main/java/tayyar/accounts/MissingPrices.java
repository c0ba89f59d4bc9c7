package tayyar.accounts;

import java.time.Instant;
import java.util.List;
import tayyar.accounts.AccountStore.Organisation;

/** Finds models that nobody who pays may use, for they have no price. */
public final class MissingPrices {
  private MissingPrices() {}

  /**
   * Looks for them now. Blocks.
   *
   * @param served the models' names
   * @return those without a price; none where nobody pays
   * @throws AccountException when the database fails
   */
  public static List<String> of(AccountStore accounts, List<String> served) {
    if (accounts.organisations().stream().noneMatch(Organisation::pays)) {
      return List.of();
    }
    var known = new PriceList(accounts.prices());
    long now = Instant.now().toEpochMilli();
    return served.stream().filter(name -> known.at(name, now) == null).toList();
  }

  /** A sentence for the operator; empty where none lacks a price. */
  public static String sentence(List<String> models) {
    return models.isEmpty()
        ? ""
        : "Without a price: "
            + String.join(", ", models)
            + ". Organisations that pay get 503 no_price.";
  }
}
