package tayyar.accounts;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Price;

/** All versions of all prices. Immutable. */
public final class PriceList {
  /** No price at all. */
  public static final PriceList EMPTY = new PriceList(List.of());

  private final String currency;

  /** By model, the latest first. */
  private final Map<String, List<Price>> versions = new HashMap<>();

  /** Prices of a currency without a name. */
  public PriceList(List<Price> all) {
    this(all, "");
  }

  /**
   * Takes versions in any order; of two with one moment the later made holds.
   *
   * @param currency the currency's word
   */
  public PriceList(List<Price> all, String currency) {
    this.currency = currency;
    List<Price> sorted = new ArrayList<>(all);
    sorted.sort(
        Comparator.comparingLong(Price::validFromMs).thenComparingLong(Price::id).reversed());
    for (Price price : sorted) {
      versions.computeIfAbsent(price.model(), _ -> new ArrayList<>(1)).add(price);
    }
  }

  /** The word for the currency of all of them. */
  String currency() {
    return currency;
  }

  /** The price of a model at a moment, or null. */
  public @Nullable Price at(String model, long atMs) {
    for (Price price : versions.getOrDefault(model, List.of())) {
      if (price.validFromMs() <= atMs) {
        return price;
      }
    }
    return null;
  }
}
