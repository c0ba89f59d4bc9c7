package tayyar.accounts;

import java.time.ZoneId;
import java.util.Map;

/**
 * The database's prices and sums at one moment. Immutable.
 *
 * @param prices all versions
 * @param inStore by organisation all that came onto its balance, with its overdraft, billionths of
 *     the currency
 * @param spentBefore by key, project and organisation, those whose limits of spending are new
 */
public record Books(
    PriceList prices, Map<String, Long> inStore, Map<String, SpentBefore> spentBefore) {
  /** No prices and no organisations. */
  public static final Books EMPTY = new Books(PriceList.EMPTY, Map.of(), Map.of());

  /**
   * What one key, project or organisation had spent before this process began.
   *
   * @param organisationId whose it is, or is itself
   * @param zone in which its days are counted
   * @param atMs the moment in whose day and month it was spent
   * @param day billionths of the currency in that day
   * @param month the same in that month
   */
  public record SpentBefore(String organisationId, ZoneId zone, long atMs, long day, long month) {
    SpentBefore plus(long moreOfDay, long moreOfMonth) {
      return new SpentBefore(organisationId, zone, atMs, day + moreOfDay, month + moreOfMonth);
    }
  }
}
