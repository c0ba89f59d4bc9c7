package tayyar.accounts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tayyar.accounts.AccountStore.Organisation;

/**
 * What refuses requests although each server is well: an operator should know it before customers.
 *
 * @param unpriced models without a price, by name; none where nobody pays
 * @param unserved organisations that require regions without a server
 */
public record Warnings(List<String> unpriced, List<Unserved> unserved) {

  /**
   * An organisation and regions that it requires and no server is in.
   *
   * @param organisation its name
   * @param all whether it requires no other ones, so that all of its requests are refused
   */
  public record Unserved(String organisation, List<String> regions, boolean all) {
    private String sentence() {
      return "Without a server: "
          + String.join(", ", regions)
          + (all
              ? ". All requests of '" + organisation + "' get 403 region_not_allowed."
              : ", which '" + organisation + "' allows.");
    }
  }

  /**
   * Looks for them now. Blocks.
   *
   * @param models the names of those that are served
   * @param regions where servers are
   * @throws AccountException when the database fails
   */
  public static Warnings of(AccountStore accounts, List<String> models, Set<String> regions) {
    List<Organisation> all = accounts.organisations();
    return new Warnings(
        all.stream().anyMatch(Organisation::pays) ? unpriced(accounts, models) : List.of(),
        all.stream()
            .map(its -> unserved(its, regions))
            .filter(its -> !its.regions.isEmpty())
            .toList());
  }

  private static List<String> unpriced(AccountStore accounts, List<String> models) {
    var known = new PriceList(accounts.prices());
    long now = Instant.now().toEpochMilli();
    return models.stream().filter(name -> known.at(name, now) == null).toList();
  }

  private static Unserved unserved(Organisation its, Set<String> served) {
    List<String> required = its.regions() == null ? List.of() : its.regions();
    List<String> empty = required.stream().filter(region -> !served.contains(region)).toList();
    return new Unserved(its.name(), empty, empty.equals(required));
  }

  /** Sentences for the operator; none where all is well. */
  public List<String> sentences() {
    List<String> told = new ArrayList<>();
    if (!unpriced.isEmpty()) {
      told.add(
          "Without a price: "
              + String.join(", ", unpriced)
              + ". Organisations that pay get 503 no_price.");
    }
    unserved.forEach(its -> told.add(its.sentence()));
    return told;
  }
}
