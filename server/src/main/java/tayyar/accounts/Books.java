package tayyar.accounts;

import java.util.Map;

/**
 * The database's prices and sums at one moment. Immutable.
 *
 * @param prices all versions
 * @param sums by organisation
 */
public record Books(PriceList prices, Map<String, Sums> sums) {
  /** No prices and no organisations. */
  public static final Books EMPTY = new Books(PriceList.EMPTY, Map.of());

  /**
   * One organisation's, billionths of the currency.
   *
   * @param granted of all movements
   * @param used of all charges
   */
  public record Sums(long granted, long used) {}
}
