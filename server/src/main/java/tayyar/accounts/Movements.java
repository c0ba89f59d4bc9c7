package tayyar.accounts;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Money;
import tayyar.api.RuleException.Why;

/**
 * Top-ups, grants and corrections of balances. None is ever changed: a correction is another one.
 * Blocks. Thread-safe. All methods throw {@link AccountException} with a sentence.
 */
public final class Movements {
  private static final int KEY_CHARS_MAX = 255;
  private static final long SUM_MAX = 4 * Money.MAX;

  private final Sql sql;
  private final InstantSource clock;

  /** Movements in this database. */
  public Movements(DataSource dataSource) {
    this.sql = new Sql(dataSource);
    this.clock = InstantSource.system();
  }

  /** Why an amount moves. */
  public enum Kind {
    /** It was paid. */
    TOP_UP,
    /** It is given. */
    GRANT,
    /** Something was wrong before; may be below zero. */
    CORRECTION;

    /** As the database and people write it: {@code top_up}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One movement.
   *
   * @param amount billionths of the currency; below zero in corrections alone
   * @param madeBy who did it
   */
  public record Movement(
      long id,
      String organisationId,
      Kind kind,
      long amount,
      String note,
      String madeBy,
      Instant at) {}

  /**
   * Adds a movement.
   *
   * @param organisationId whose balance
   * @param idempotencyKey makes a repeat harmless: where the organisation has a movement with it,
   *     that one is given back and nothing is added; null for none
   * @throws AccountException also where that one has another kind, amount or note
   */
  public Movement add(
      String organisationId,
      Kind kind,
      long amount,
      String note,
      @Nullable String idempotencyKey,
      String madeBy) {
    check(kind, amount, idempotencyKey);
    Rules.noted(note);
    Movement made =
        sql.by(madeBy)
            .together(
                on -> {
                  Sql.write(
                      on,
                      """
                  INSERT INTO movements
                    (organisation_id, kind, amount, note, idempotency_key, made_by, at_ms)
                  VALUES (?, ?, ?, ?, ?, ?, ?)
                  ON CONFLICT (organisation_id, idempotency_key) DO NOTHING""",
                      organisationId,
                      kind.word(),
                      amount,
                      note,
                      idempotencyKey,
                      madeBy,
                      clock.millis());
                  bounded(on, organisationId);
                  return Sql.list(
                          on,
                          """
                      SELECT * FROM movements
                      WHERE organisation_id = ?
                        AND coalesce(idempotency_key, '') = coalesce(?, idempotency_key, '')
                      ORDER BY id DESC LIMIT 1""",
                          Movements::movement,
                          organisationId,
                          idempotencyKey)
                      .getFirst();
                });
    if (made.kind() != kind || made.amount() != amount || !made.note().equals(note)) {
      throw new AccountException(
          Why.CONFLICT,
          "The idempotency key '" + idempotencyKey + "' was used for another movement.");
    }
    return made;
  }

  private static void check(Kind kind, long amount, @Nullable String idempotencyKey) {
    if (amount == 0 || (amount < 0 && kind != Kind.CORRECTION)) {
      throw new AccountException("The amount has to be above zero.");
    }
    if (Math.abs(amount) > Money.MAX) {
      throw new AccountException("The amount is more than " + Money.exact(Money.MAX) + " at once.");
    }
    if (idempotencyKey != null
        && (idempotencyKey.isEmpty() || idempotencyKey.length() > KEY_CHARS_MAX)) {
      throw new AccountException("An idempotency key has 1 to " + KEY_CHARS_MAX + " characters.");
    }
  }

  /** Refuses a sum that another movement might take beyond what a number holds. */
  private static void bounded(Connection on, String organisationId) throws SQLException {
    long sum =
        Sql.list(
                on,
                "SELECT coalesce(sum(amount), 0) FROM movements WHERE organisation_id = ?",
                row -> row.getLong(1),
                organisationId)
            .getFirst();
    if (Math.abs(sum) > SUM_MAX) {
      throw new AccountException(
          "All movements together would be more than " + Money.exact(SUM_MAX) + ".");
    }
  }

  /** Those of one organisation, the latest first. */
  public List<Movement> list(String organisationId) {
    return list(organisationId, Long.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * Some of them.
   *
   * @param before those with a lower id alone
   * @param most how many at most
   */
  public List<Movement> list(String organisationId, long before, int most) {
    return sql.list(
        "SELECT * FROM movements WHERE organisation_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        Movements::movement,
        organisationId,
        before,
        most);
  }

  private static Movement movement(ResultSet row) throws SQLException {
    return new Movement(
        row.getLong("id"),
        row.getString("organisation_id"),
        Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        row.getLong("amount"),
        row.getString("note"),
        row.getString("made_by"),
        Instant.ofEpochMilli(row.getLong("at_ms")));
  }
}
