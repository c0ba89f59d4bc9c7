package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The log of every change: who, what, when, before and after. The database itself writes it with
 * each change of a row, in the change's transaction, and lets nobody change it. Blocks.
 * Thread-safe. All methods throw {@link AccountException} with a sentence.
 */
public final class AuditStore {
  private final Sql sql;

  /** The log of this database. */
  public AuditStore(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * One change.
   *
   * @param who made it: {@code command line}, with the user where one is known, or an admin token
   *     with its name and id
   * @param kind of what was changed: {@code organisation}, {@code key}, ...
   * @param subject its id
   * @param before a JSON object, or null where it was not there
   * @param after a JSON object, or null where it is no longer there
   */
  public record Entry(
      long id,
      Instant at,
      String who,
      String kind,
      String subject,
      @Nullable String before,
      @Nullable String after) {
    /** In one word: {@code created}, {@code changed} or {@code deleted}. */
    public String action() {
      return before == null ? "created" : after == null ? "deleted" : "changed";
    }
  }

  /**
   * Which changes are meant; null is any.
   *
   * @param who all that contain it
   * @param from the first moment
   * @param until the first moment that is no longer meant
   * @param before those with a lower id alone
   * @param most how many at most, at least 1
   */
  public record Filter(
      @Nullable String kind,
      @Nullable String subject,
      @Nullable String who,
      @Nullable Instant from,
      @Nullable Instant until,
      @Nullable Long before,
      int most) {}

  /** The changes that are meant, the latest first. */
  public List<Entry> find(Filter filter) {
    List<String> conditions = new ArrayList<>(List.of("1 = 1"));
    List<Object> values = new ArrayList<>();
    add(conditions, values, "kind = ?", filter.kind());
    add(conditions, values, "subject = ?", filter.subject());
    add(conditions, values, "replace(who, ?, '') <> who", part(filter.who()));
    add(conditions, values, "at_ms >= ?", millis(filter.from()));
    add(conditions, values, "at_ms < ?", millis(filter.until()));
    add(conditions, values, "id < ?", filter.before());
    values.add(filter.most());
    return sql.list(
        "SELECT * FROM audit WHERE "
            + String.join(" AND ", conditions)
            + " ORDER BY id DESC LIMIT ?",
        AuditStore::entry,
        values.toArray());
  }

  private static void add(
      List<String> conditions, List<Object> values, String condition, @Nullable Object value) {
    if (value != null) {
      conditions.add(condition);
      values.add(value);
    }
  }

  /** Everybody contains an empty part. */
  private static @Nullable String part(@Nullable String who) {
    return who == null || who.isEmpty() ? null : who;
  }

  private static @Nullable Long millis(@Nullable Instant moment) {
    return moment == null ? null : moment.toEpochMilli();
  }

  /** Writes a change of what does not stand in the database. */
  public void add(
      String who, String kind, String subject, @Nullable String before, @Nullable String after) {
    sql.write(
        """
        INSERT INTO audit (at_ms, who, kind, subject, before_json, after_json)
        VALUES (?, ?, ?, ?, ?, ?)""",
        InstantSource.system().millis(),
        who,
        kind,
        subject,
        before,
        after);
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getLong("id"),
        Instant.ofEpochMilli(row.getLong("at_ms")),
        row.getString("who"),
        row.getString("kind"),
        row.getString("subject"),
        row.getString("before_json"),
        row.getString("after_json"));
  }
}
