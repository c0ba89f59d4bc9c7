package tayyar.accounts;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import javax.sql.DataSource;
import tayyar.accounts.AccountStore.Organisation;
import tayyar.api.Money;
import tayyar.api.RuleException.Why;

/**
 * Deletes organisations: their names, keys and limits, their stored responses, and what people have
 * written about them. What the books need stays, under ids that name nobody: amounts and dates of
 * movements, prices, requests and sums of days. Blocks. Thread-safe. All methods throw {@link
 * AccountException} with a sentence.
 */
public final class Erasure {
  private static final String DEFAULT = "org_default";
  private static final int HASH_BYTES = 32;

  private final AccountStore accounts;
  private final Sql sql;
  private final InstantSource clock = InstantSource.system();
  private final SecureRandom random = new SecureRandom();

  /**
   * Deletes from this database.
   *
   * @param who does it, for the audit log
   */
  public Erasure(DataSource dataSource, String who) {
    this.accounts = new AccountStore(dataSource, who);
    this.sql = new Sql(dataSource, who);
  }

  /**
   * Deletes an organisation, for ever. Its keys are void at once, and their running streams end;
   * rows that these still write stand under its id.
   *
   * @param which its name or id
   * @param confirmed its name again
   * @param withBalance whether that is meant though money is left, or owed
   * @return the organisation as it was
   */
  public Organisation erase(String which, String confirmed, boolean withBalance) {
    Organisation its = accounts.organisation(which);
    if (its.id().equals(DEFAULT)) {
      throw new AccountException(
          Why.CONFLICT, "The organisation 'default' is every store's; it cannot be deleted.");
    }
    if (!its.name().equals(confirmed)) {
      throw new AccountException(
          "To delete '" + its.name() + "', its name has to be written once more.");
    }
    return sql.together(
        on -> {
          Organisation now =
              Sql.list(
                      on,
                      AccountStore.ORGANISATIONS + "WHERE organisations.id = ?",
                      AccountRows::organisation,
                      its.id())
                  .getFirst();
          if (now.balance() != 0 && !withBalance) {
            throw new AccountException(
                Why.CONFLICT,
                "'"
                    + now.name()
                    + "' has a balance of "
                    + Money.exact(now.balance())
                    + "; settle it first, or delete it all the same: --with-balance, over HTTP"
                    + " \"with_balance\": true.");
          }
          erase(on, now.id());
          return now;
        });
  }

  private static final String ITS_PROJECTS = "(SELECT id FROM projects WHERE organisation_id = ?)";
  private static final String KEYS = "SELECT id FROM keys WHERE project_id IN " + ITS_PROJECTS;
  private static final String ITS_KEYS = "(" + KEYS + ")";

  private void erase(Connection on, String id) throws SQLException {
    long now = clock.millis();
    Sql.write(
        on,
        """
        UPDATE organisations SET name = id, plan_id = NULL, regions = NULL, networks = NULL,
          suspended_ms = coalesce(suspended_ms, ?), erased_ms = ? WHERE id = ?""",
        now,
        now,
        id);
    Sql.write(on, "UPDATE projects SET name = id WHERE organisation_id = ?", id);
    Sql.write(
        on,
        """
        DELETE FROM limits
        WHERE holder_id = ? OR holder_id IN %s OR holder_id IN %s"""
            .formatted(ITS_PROJECTS, ITS_KEYS),
        id,
        id,
        id);
    for (String key : Sql.list(on, KEYS, row -> row.getString(1), id)) {
      byte[] nobodys = new byte[HASH_BYTES];
      random.nextBytes(nobodys);
      Sql.write(
          on,
          """
          UPDATE keys SET name = '', hint = 'erased', sha256 = ?, models = NULL,
            revoked_ms = coalesce(revoked_ms, ?) WHERE id = ?""",
          nobodys,
          now,
          key);
    }
    Sql.write(
        on, "UPDATE movements SET note = '', idempotency_key = NULL WHERE organisation_id = ?", id);
    Sql.write(on, "DELETE FROM responses WHERE organisation_id = ?", id);
    Sql.write(on, "DELETE FROM responses_held WHERE organisation_id = ?", id);
    log(on, id, now);
  }

  /** Blanks what the log tells of it, the lines of this deletion too, and adds that it is gone. */
  private static void log(Connection on, String id, long now) throws SQLException {
    Sql.write(
        on,
        """
        UPDATE audit SET before_json = CASE WHEN before_json IS NOT NULL THEN '{"erased":true}' END,
          after_json = CASE WHEN after_json IS NOT NULL THEN '{"erased":true}' END
        WHERE (kind = 'organisation' AND subject = ?)
          OR (kind = 'project' AND subject IN %s)
          OR (kind = 'key' AND subject IN %s)
          OR (kind = 'movement' AND subject IN
            (SELECT CAST(id AS TEXT) FROM movements WHERE organisation_id = ?))"""
            .formatted(ITS_PROJECTS, ITS_KEYS),
        id,
        id,
        id,
        id);
    Sql.write(
        on,
        """
        INSERT INTO audit (at_ms, who, kind, subject, before_json)
        SELECT CAST(? AS BIGINT), who, 'organisation', CAST(? AS TEXT), '{"erased":true}' FROM acting""",
        now,
        id);
  }
}
