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

  /** By model, the latest first. */
  private final Map<String, List<Price>> versions = new HashMap<>();

  /** Takes versions in any order; of two with one moment the later made holds. */
  public PriceList(List<Price> all) {
    List<Price> sorted = new ArrayList<>(all);
    sorted.sort(
        Comparator.comparingLong(Price::validFromMs).thenComparingLong(Price::id).reversed());
    for (Price price : sorted) {
      versions.computeIfAbsent(price.model(), _ -> new ArrayList<>(1)).add(price);
    }
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
