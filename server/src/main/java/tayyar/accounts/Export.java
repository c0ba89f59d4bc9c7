package tayyar.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Money;
import tayyar.api.OwnFile;
import tayyar.api.RuleException.Why;

/**
 * All that the database has of one organisation, without secrets. Times are RFC 3339, amounts texts
 * with all their digits. Blocks. Thread-safe. All methods throw {@link AccountException} with a
 * sentence.
 */
public final class Export {
  private static final String OWN = "(SELECT id FROM projects WHERE organisation_id = ?)";
  private static final String OWN_KEYS = "(SELECT id FROM keys WHERE project_id IN " + OWN + ")";
  private static final String OWN_REQUESTS =
      "(project_id IN " + OWN + " OR (project_id IS NULL AND key_id IN " + OWN_KEYS + "))";

  private static final Set<String> MONEY =
      Set.of(
          "amount",
          "granted",
          "used",
          "input",
          "cached_input",
          "cache_write",
          "output",
          "request",
          "spend_per_day",
          "spend_per_month");

  private static final Set<String> TRUTHS = Set.of("pays", "streamed", "shows_cost", "guessed");
  private static final Set<String> LISTS = Set.of("models", "regions", "networks");

  private final AccountStore accounts;
  private final Sql sql;

  /** A part of an export. */
  public enum Part {
    /** The organisation, one row. */
    ORGANISATION(AccountStore.ORGANISATIONS + "WHERE organisations.id = ?"),
    /** Its projects. */
    PROJECTS("SELECT id, name, created_ms FROM projects WHERE organisation_id = ? ORDER BY 1"),
    /** Its keys, without secrets. */
    KEYS(
        """
        SELECT id, name, hint, project_id, requests_per_minute, models, shows_cost, used, created_ms,
          last_used_ms, expires_ms, revoked_ms FROM keys WHERE project_id IN %s ORDER BY id"""
            .formatted(OWN)),
    /** Its limits, and those of its projects and keys. */
    LIMITS(
        """
        SELECT * FROM limits WHERE holder_id = ? OR holder_id IN %s OR holder_id IN %s ORDER BY 1"""
            .formatted(OWN, OWN_KEYS)),
    /** Top-ups, grants and corrections. */
    MOVEMENTS(
        """
        SELECT id, kind, amount, note, idempotency_key, made_by, at_ms FROM movements
        WHERE organisation_id = ? ORDER BY id"""),
    /** The versions of prices that it has paid. */
    PRICES(
        """
        SELECT id, model, input, cached_input, cache_write, output, request, valid_from_ms FROM prices
        WHERE id IN (
          SELECT price_id FROM requests WHERE %s UNION SELECT price_id FROM days WHERE project_id IN %s)
        ORDER BY id"""
            .formatted(OWN_REQUESTS, OWN)),
    /** Sums of the days of its old requests. */
    DAYS(
        """
        SELECT day, project_id, key_id, model, nullif(price_id, 0) AS price_id, outcome, requests,
          estimated, estimated_tokens, prompt_tokens, cached_tokens, cache_write_tokens,
          completion_tokens, amount
        FROM days WHERE project_id IN %s"""
            .formatted(OWN)),
    /** Its requests that are kept one by one. */
    REQUESTS(
        """
        SELECT request_id, recorded_us, started_ms, project_id, key_id, model, target, streamed,
          dialect, outcome, status, error_code, prompt_tokens, cached_tokens, cache_write_tokens,
          completion_tokens, reasoning_tokens, estimated AS guessed, price_id, amount, attempts, tries, first_token_us, duration_us,
          bytes_in, bytes_out
        FROM requests WHERE %s ORDER BY recorded_us, request_id"""
            .formatted(OWN_REQUESTS)),
    /** Its responses that are stored; input and response are JSON. */
    RESPONSES(
        """
        SELECT id, previous_id, created_ms, input_json, response_json FROM responses
        WHERE organisation_id = ? ORDER BY created_ms, id"""),
    /** The log of changes of all of these; before and after are JSON. */
    AUDIT(
        """
        SELECT id, at_ms, who, kind, subject, before_json, after_json FROM audit
        WHERE subject = ? OR subject IN %s OR subject IN %s OR (kind = 'movement' AND subject IN
          (SELECT CAST(id AS TEXT) FROM movements WHERE organisation_id = ?))
        ORDER BY id"""
            .formatted(OWN, OWN_KEYS));

    private final String select;
    private final int ids;

    /** Each parameter is the organisation's id. */
    Part(String select) {
      this.select = select;
      this.ids = (int) select.chars().filter(c -> c == '?').count();
    }

    private Object[] values(String id) {
      return Collections.nCopies(ids, id).toArray();
    }

    /** As files and members are called. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Exports of this database. */
  public Export(DataSource dataSource) {
    this.accounts = new AccountStore(dataSource);
    this.sql = new Sql(dataSource);
  }

  /**
   * All rows of a part.
   *
   * @param which the organisation's name or id
   */
  public List<Map<String, @Nullable Object>> rows(String which, Part part) {
    String id = accounts.organisation(which).id();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    sql.each(part.select, row -> rows.add(row(row)), part.values(id));
    return rows;
  }

  /**
   * Writes all parts into a folder, a file each and a row a line; its owner alone may read them.
   *
   * @param which the organisation's name or id
   * @param folder one that is empty, or not there yet
   * @param json makes a line of a row
   * @return how many rows each part has
   */
  public Map<Part, Long> write(
      String which, Path folder, Function<Map<String, @Nullable Object>, String> json) {
    String id = accounts.organisation(which).id();
    Map<Part, Long> counts = new LinkedHashMap<>();
    try {
      OwnFile.folder(folder);
      try (var files = Files.list(folder)) {
        if (files.findAny().isPresent()) {
          throw new AccountException(Why.CONFLICT, "The folder '" + folder + "' is not empty.");
        }
      }
      for (Part part : Part.values()) {
        counts.put(part, write(part, id, folder.resolve(part.word() + ".jsonl"), json));
      }
      OwnFile.force(folder);
    } catch (IOException | UncheckedIOException e) {
      throw new AccountException(
          Why.STORE, "The folder '" + folder + "' cannot be written: " + e.getMessage() + ".", e);
    }
    return counts;
  }

  private long write(
      Part part, String id, Path file, Function<Map<String, @Nullable Object>, String> json)
      throws IOException {
    try (FileChannel to = OwnFile.open(file)) {
      var out = new BufferedWriter(new OutputStreamWriter(Channels.newOutputStream(to), UTF_8));
      long count = sql.each(part.select, row -> line(out, json.apply(row(row))), part.values(id));
      out.flush();
      to.force(true);
      return count;
    }
  }

  private static void line(BufferedWriter out, String line) {
    try {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, @Nullable Object> row(ResultSet row) throws SQLException {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    ResultSetMetaData columns = row.getMetaData();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String name = columns.getColumnLabel(i);
      Object value = row.getObject(i);
      members.put(told(name), value == null ? null : told(name, value));
    }
    return members;
  }

  private static String told(String column) {
    return switch (column) {
      case "recorded_us" -> "recorded";
      case "guessed" -> "estimated";
      default -> column.replaceFirst("_(ms|json)$", "");
    };
  }

  private static Object told(String column, Object value) {
    if (value instanceof Number number) {
      long its = number.longValue();
      if (column.endsWith("_ms")) {
        return Instant.ofEpochMilli(its).toString();
      }
      if (column.equals("recorded_us")) {
        return Instant.ofEpochMilli(its / 1000).toString();
      }
      return MONEY.contains(column) ? Money.exact(its) : TRUTHS.contains(column) ? its == 1 : its;
    }
    return LISTS.contains(column) ? List.of(String.valueOf(value).split("\n")) : value;
  }
}
