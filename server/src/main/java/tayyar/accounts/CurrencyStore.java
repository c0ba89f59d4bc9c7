package tayyar.accounts;

import java.util.List;
import javax.sql.DataSource;
import tayyar.api.RuleException.Why;

/**
 * The store's one currency. Blocks. Thread-safe. All methods throw {@link AccountException} with a
 * sentence.
 */
public final class CurrencyStore {
  /** What keeps another currency away; a trigger keeps it too. */
  private static final String FIRST =
      """
      SELECT told FROM (
        SELECT 'price' AS told WHERE EXISTS (SELECT 1 FROM prices)
        UNION ALL SELECT 'movement of a balance' WHERE EXISTS (SELECT 1 FROM movements)
        UNION ALL SELECT 'charge' WHERE EXISTS (SELECT 1 FROM used)) AS firsts
      WHERE (SELECT code FROM currency) <> ?""";

  private final Sql sql;

  /**
   * The currency of a database, for somebody who may change it.
   *
   * @param who for the audit log
   */
  public CurrencyStore(DataSource dataSource, String who) {
    this.sql = new Sql(dataSource, who);
  }

  /**
   * Chooses the currency, as long as no amount was ever written in another one. Overdrafts and
   * limits keep their numbers.
   *
   * @param code three to eight capital letters, such as {@code EGP}
   */
  public void change(String code) {
    if (!code.matches("[A-Z]{3,8}")) {
      throw new AccountException(
          "'" + code + "' is no currency; write three to eight capital letters, such as EGP.");
    }
    sql.together(
        on -> {
          List<String> first = Sql.list(on, FIRST, row -> row.getString(1), code);
          if (!first.isEmpty()) {
            throw new AccountException(
                Why.CONFLICT,
                "There is a " + first.getFirst() + " already, so the currency can't be changed.");
          }
          return Sql.write(on, "UPDATE currency SET code = ?", code);
        });
  }
}
