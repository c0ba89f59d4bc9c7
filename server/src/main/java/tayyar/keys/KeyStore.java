package tayyar.keys;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Names;
import tayyar.api.RuleException.Why;
import tayyar.api.To;

/**
 * The keys in the database. Blocks, so never called on an event loop. Thread-safe. All methods
 * throw {@link KeyException} when the database fails.
 */
public final class KeyStore {
  private static final int SECRET_BYTES = 16;
  private static final int HINT_CHARS = 4;
  private static final int ID_CHARS = 8;
  private static final String ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private final Sql sql;
  private final InstantSource clock;

  /** Keys of this database. */
  public KeyStore(DataSource dataSource) {
    this(dataSource, "unknown");
  }

  /**
   * The same for somebody who changes them.
   *
   * @param who for the audit log
   */
  public KeyStore(DataSource dataSource, String who) {
    this(dataSource, who, InstantSource.system());
  }

  KeyStore(DataSource dataSource, InstantSource clock) {
    this(dataSource, "unknown", clock);
  }

  private KeyStore(DataSource dataSource, String who, InstantSource clock) {
    this.sql = new Sql(dataSource, who);
    this.clock = clock;
  }

  /**
   * A new key with its secret, which can't be had again.
   *
   * @param secret what clients send; never to be stored or logged
   */
  public record Issued(Key key, String secret) {
    @Override
    public String toString() {
      return "Issued[" + key + "]";
    }
  }

  /**
   * A key as lists show it; null is "never".
   *
   * @param models that it may use of the plan's, by name; null for all
   */
  public record Row(
      Key key,
      @Nullable List<String> models,
      Instant created,
      @Nullable Instant lastUsed,
      @Nullable Instant revokedAt) {}

  /**
   * Whose a new key is and what it may do.
   *
   * @param projectId a project that is there
   * @param models by name, or null for all of the plan's
   * @param expires when it stops being valid, or null
   * @param showsCost whether its answers tell what they cost, though its requests do not ask
   */
  public record Terms(
      String projectId,
      @Nullable List<String> models,
      @Nullable Instant expires,
      boolean showsCost) {
    /** The terms of a key whose requests ask for the cost, or whose answers do not tell it. */
    public Terms(String projectId, @Nullable List<String> models, @Nullable Instant expires) {
      this(projectId, models, expires, false);
    }

    /** The default project's, for all models, for ever. */
    public static final Terms DEFAULT = new Terms(Account.DEFAULT.projectId(), null, null);
  }

  /** Makes a key of the default project. */
  public Issued create(String name, int requestsPerMinute) {
    return create(name, requestsPerMinute, Terms.DEFAULT);
  }

  /**
   * Makes a key.
   *
   * @param name for people; may be empty, need not be unique
   * @param requestsPerMinute at least 1
   */
  public Issued create(String name, int requestsPerMinute, Terms terms) {
    check(name, requestsPerMinute, terms.models(), terms.expires());
    SecureRandom random = new SecureRandom();
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = "sk-" + HexFormat.of().formatHex(bytes);
    String hint = "sk-..." + secret.substring(secret.length() - HINT_CHARS);
    Key key = new Key(newId(random), name, hint, requestsPerMinute, false);
    insert(key, Fingerprint.of(secret), terms);
    return new Issued(find(key.id()).key(), secret);
  }

  private static final String ALL =
      """
      SELECT keys.*, organisation_id, organisations.name AS organisation, suspended_ms, pays,
        zone, regions, networks, projects.name AS project, plan_id, plans.name AS plan,
        coalesce(overdraft, 0) AS overdraft, plans.models AS plan_models
      FROM keys JOIN projects ON projects.id = project_id
        JOIN organisations ON organisations.id = organisation_id
        LEFT JOIN plans ON plans.id = plan_id
      """;

  /** All keys, the oldest first. */
  public List<Row> list() {
    return sql.read(
        ALL + "WHERE erased_ms IS NULL ORDER BY keys.created_ms, keys.rowid",
        rows -> {
          List<Row> list = new ArrayList<>();
          while (rows.next()) {
            list.add(KeyRows.row(rows));
          }
          return List.copyOf(list);
        });
  }

  /**
   * Makes a key void, for ever.
   *
   * @param which the key's id, its hint, the hint's last four characters, or its name; it has to
   *     fit one key alone
   * @return false where it had been revoked before
   * @throws KeyException when it fits no key or several
   */
  public boolean revoke(String which) {
    Row row = find(which);
    return sql.write(
            "UPDATE keys SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL",
            clock.millis(),
            row.key().id())
        > 0;
  }

  /**
   * What is to change of a key; null leaves it.
   *
   * @param requestsPerMinute at least 1
   * @param models that it may use of the plan's, by name; none for all
   * @param expires a moment to come, or none for never
   * @param showsCost whether its answers tell what they cost, though its requests do not ask
   */
  public record Change(
      @Nullable String name,
      @Nullable Integer requestsPerMinute,
      @Nullable To<List<String>> models,
      @Nullable To<Instant> expires,
      @Nullable Boolean showsCost) {}

  /**
   * Changes a key; a running server knows it at once.
   *
   * @param which as {@link #revoke} takes it
   * @return the key as it is now
   * @throws KeyException when it fits no key or several
   */
  public Row change(String which, Change change) {
    To<List<String>> models = change.models();
    To<Instant> expires = change.expires();
    List<String> named = models == null ? null : models.value();
    Instant end = expires == null ? null : expires.value();
    check(change.name(), change.requestsPerMinute(), named, end);
    String id = find(which).key().id();
    sql.write(
        """
        UPDATE keys SET name = coalesce(?, name),
          requests_per_minute = coalesce(?, requests_per_minute), models = CASE CAST(? AS INTEGER) WHEN 1 THEN ? ELSE models END,
          expires_ms = CASE CAST(? AS INTEGER) WHEN 1 THEN ? ELSE expires_ms END, shows_cost = coalesce(?, shows_cost)
        WHERE id = ?""",
        change.name(),
        change.requestsPerMinute(),
        models == null ? 0 : 1,
        named == null ? null : String.join("\n", named),
        expires == null ? 0 : 1,
        end == null ? null : end.toEpochMilli(),
        change.showsCost() == null ? null : change.showsCost() ? 1 : 0,
        id);
    return find(id);
  }

  private void check(
      @Nullable String name,
      @Nullable Integer requestsPerMinute,
      @Nullable List<String> models,
      @Nullable Instant expires) {
    if (requestsPerMinute != null && requestsPerMinute < 1) {
      throw new KeyException("A key needs at least 1 request a minute.");
    }
    String flaw = name == null ? "" : Names.flaw(name, Names.CHARS_MAX);
    if (!flaw.isEmpty()) {
      throw new KeyException("A key's name " + flaw);
    }
    if (!Names.flawOfModels(models).isEmpty()) {
      throw new KeyException(Names.flawOfModels(models));
    }
    if (expires != null && !expires.isAfter(clock.instant())) {
      throw new KeyException("A key ends at a moment still to come; " + expires + " is over.");
    }
  }

  /**
   * What a key was used for.
   *
   * @param requests how many there were, refused ones included
   * @param completed those that were answered to the end
   * @param estimated those whose tokens are estimates
   * @param promptTokens of all of them, estimates included, like the other tokens
   */
  public record Use(
      Key key,
      long requests,
      long completed,
      long estimated,
      long promptTokens,
      long cachedTokens,
      long completionTokens) {}

  /**
   * What each key was used for since a time, the busiest first; keys without a use are left out. Of
   * requests that are kept as sums of days alone, the whole day counts.
   */
  public List<Use> use(Instant since) {
    String sums =
        """
        SELECT keys.*, sums.*
        FROM (
          SELECT key_id, sum(requests) AS requests, sum(completed) AS completed,
            sum(estimated) AS estimated, sum(prompt_tokens) AS prompt, sum(cached_tokens) AS cached,
            sum(completion_tokens) AS completion
          FROM (
            SELECT key_id, 1 AS requests, CASE outcome WHEN 'completed' THEN 1 ELSE 0 END AS completed,
              estimated, prompt_tokens, cached_tokens, completion_tokens
            FROM requests WHERE recorded_us >= %d
            UNION ALL
            SELECT key_id, requests, CASE outcome WHEN 'completed' THEN requests ELSE 0 END,
              estimated, prompt_tokens, cached_tokens, completion_tokens
            FROM days WHERE day >= '%s'
          ) AS each_use GROUP BY key_id
        ) AS sums JOIN (%s) AS keys ON keys.id = sums.key_id
        ORDER BY prompt + completion DESC, keys.id"""
            .formatted(
                since.toEpochMilli() * 1000, LocalDate.ofInstant(since, ZoneOffset.UTC), ALL);
    return sql.read(
        sums,
        rows -> {
          List<Use> all = new ArrayList<>();
          while (rows.next()) {
            all.add(
                new Use(
                    KeyRows.row(rows).key(),
                    rows.getLong("requests"),
                    rows.getLong("completed"),
                    rows.getLong("estimated"),
                    rows.getLong("prompt"),
                    rows.getLong("cached"),
                    rows.getLong("completion")));
          }
          return List.copyOf(all);
        });
  }

  /**
   * The keys as they are now.
   *
   * @param limits of keys, projects, organisations and plans, by id
   */
  public Snapshot snapshot(Map<String, Limits> limits) {
    return sql.read(
        ALL + "WHERE erased_ms IS NULL",
        rows -> {
          Map<Fingerprint, Key> keys = new HashMap<>();
          while (rows.next()) {
            keys.put(Fingerprint.of(rows.getBytes("sha256")), KeyRows.key(rows, limits));
          }
          return new Snapshot(keys);
        });
  }

  /**
   * The key that is meant.
   *
   * @param which as {@link #revoke} takes it
   * @throws KeyException when it fits no key or several
   */
  public Row find(String which) {
    List<Row> all = list();
    List<Row> fit = all.stream().filter(row -> row.key().id().equals(which)).toList();
    if (fit.isEmpty()) {
      fit = all.stream().filter(row -> fits(row.key(), which)).toList();
    }
    if (fit.size() > 1) {
      // Those revoked before are not meant when exactly one valid key fits.
      List<Row> valid = fit.stream().filter(row -> !row.key().revoked()).toList();
      fit = valid.size() == 1 ? valid : fit;
    }
    return switch (fit.size()) {
      case 0 ->
          throw new KeyException(Why.MISSING, "No key has the id, hint or name '" + which + "'.");
      case 1 -> fit.getFirst();
      default ->
          throw new KeyException(
              Why.CONFLICT,
              "'" + which + "' fits " + fit.size() + " keys; use an id: " + ids(fit) + ".");
    };
  }

  private static boolean fits(Key key, String which) {
    return !which.isEmpty()
        && (key.name().equals(which)
            || key.hint().equals(which)
            || key.hint().substring(key.hint().length() - HINT_CHARS).equals(which));
  }

  private static String ids(List<Row> rows) {
    return String.join(", ", rows.stream().map(row -> row.key().id()).toList());
  }

  private static String newId(SecureRandom random) {
    StringBuilder id = new StringBuilder("key_");
    for (int i = 0; i < ID_CHARS; i++) {
      id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
    }
    return id.toString();
  }

  private void insert(Key key, Fingerprint fingerprint, Terms terms) {
    sql.write(
        """
        INSERT INTO keys (
          id, name, hint, sha256, requests_per_minute, created_ms, project_id, models, expires_ms,
          shows_cost)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        key.id(),
        key.name(),
        key.hint(),
        fingerprint.bytes(),
        key.requestsPerMinute(),
        clock.millis(),
        terms.projectId(),
        terms.models() == null ? null : String.join("\n", terms.models()),
        terms.expires() == null ? null : terms.expires().toEpochMilli(),
        terms.showsCost() ? 1 : 0);
  }
}
