package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.AccountFault;
import tayyar.api.RuleException.Why;

/**
 * The ledger's rows, to be looked at. Blocks. Thread-safe. All methods throw {@link
 * AccountException} with a sentence.
 */
public final class RequestStore {
  /** The words for how a request ended. */
  public static final List<String> OUTCOMES =
      List.of("completed", "client_gone", "timed_out", "failed", "draining", "out_of_balance");

  /** An answer's id has the request's number. */
  private static final Pattern ANSWER = Pattern.compile("^(chatcmpl-|cmpl-)");

  private final Sql sql;

  /** Rows of this database. */
  public RequestStore(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * Which rows are meant; null is any.
   *
   * @param id a request's own id, or its answer's
   * @param key its id, its name or its hint
   * @param first the first day, in each organisation's zone
   * @param last the last day
   * @param after the id of a request; those behind it alone, in the order of the answer
   * @param most how many rows at most, at least 1
   */
  public record Filter(
      @Nullable String id,
      @Nullable String key,
      @Nullable String organisation,
      @Nullable String outcome,
      @Nullable Function<ZoneId, LocalDate> first,
      @Nullable Function<ZoneId, LocalDate> last,
      @Nullable String after,
      int most) {}

  /**
   * One request that is over.
   *
   * @param zone its organisation's
   * @param model as the client wrote it
   * @param cacheWriteTokens those of the prompt that were written into a cache
   * @param reasoningTokens those of the completion that were thought
   * @param dialect the API language that it came in, or null where that is not known
   * @param durationMicros from its head to its end
   * @param tries each target that was asked and why it ended, where that was not one good answer
   * @param price the version that was paid, or null
   * @param amount billionths of the currency, or null where it had no price
   */
  public record Request(
      String id,
      Instant recorded,
      ZoneId zone,
      String organisation,
      String project,
      @Nullable String keyId,
      @Nullable String key,
      @Nullable String model,
      @Nullable String target,
      int attempts,
      boolean streamed,
      String outcome,
      @Nullable String errorCode,
      int status,
      int promptTokens,
      int cachedTokens,
      int cacheWriteTokens,
      int completionTokens,
      int reasoningTokens,
      boolean estimated,
      @Nullable String dialect,
      long durationMicros,
      @Nullable String tries,
      @Nullable Long price,
      @Nullable Long amount) {
    /** Returns the client's message, where it follows from the row; the ledger keeps no texts. */
    public @Nullable String message() {
      String asked = model == null ? "" : model;
      AccountFault fault =
          switch (errorCode) {
            case "quota_exceeded" -> new AccountFault.QuotaExceeded(organisation);
            case "model_not_allowed" -> new AccountFault.ModelNotAllowed(asked);
            case "no_price" -> new AccountFault.NoPrice(asked);
            case null, default -> null;
          };
      return fault == null ? null : fault.facts().message();
    }
  }

  private static final String ROWS =
      """
      SELECT requests.*, keys.name AS key_name, projects.name AS project,
        organisations.name AS organisation, organisations.zone AS zone
      FROM requests LEFT JOIN keys ON keys.id = key_id
        JOIN projects
          ON projects.id = coalesce(requests.project_id, keys.project_id, 'proj_default')
        JOIN organisations ON organisations.id = organisation_id
      WHERE 1 = 1""";

  /** Returns a request's own id, also for the id of its answer. */
  public static String requestId(String id) {
    return ANSWER.matcher(id).replaceFirst("req_");
  }

  /**
   * One request.
   *
   * @param id its own id, or its answer's
   */
  public Request one(String id) {
    return find(new Filter(id, null, null, null, null, null, null, 1)).stream()
        .findFirst()
        .orElseThrow(() -> missing(id));
  }

  /** Says that there is no such request, and where it may be. */
  public static AccountException missing(String id) {
    return new AccountException(
        Why.MISSING,
        "There is no request '"
            + id
            + "'. It may be under way; it may be old, and now in a sum of its day; or its key was"
            + " not taken: then it is in the log alone.");
  }

  /** The rows that are meant, the latest first. */
  public List<Request> find(Filter filter) {
    List<String> conditions = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    add(conditions, values, "request_id = ?", filter.id() == null ? null : requestId(filter.id()));
    if (filter.key() != null) {
      conditions.add(
          "? IN (keys.id, keys.name, keys.hint, substr(keys.hint, length(keys.hint) - 3))");
      values.add(filter.key());
    }
    add(conditions, values, "organisations.name = ?", filter.organisation());
    add(conditions, values, "outcome = ?", filter.outcome());
    add(
        conditions,
        values,
        "(recorded_us, request_id) <"
            + " (SELECT recorded_us, request_id FROM requests WHERE request_id = ?)",
        filter.after() == null ? null : requestId(filter.after()));
    days(conditions, values, filter);
    values.add(filter.most());
    return sql.list(
        ROWS
            + String.join("", conditions.stream().map(each -> " AND " + each).toList())
            + " ORDER BY recorded_us DESC, request_id DESC LIMIT ?",
        RequestStore::request,
        values.toArray());
  }

  private static void add(
      List<String> conditions, List<Object> values, String condition, @Nullable Object value) {
    if (value != null) {
      conditions.add(condition);
      values.add(value);
    }
  }

  /** Each zone has its own beginning of a day. */
  private void days(List<String> conditions, List<Object> values, Filter filter) {
    if (filter.first() == null && filter.last() == null) {
      return;
    }
    List<String> each = new ArrayList<>();
    for (String name :
        sql.list("SELECT DISTINCT zone FROM organisations", row -> row.getString(1))) {
      ZoneId zone = AccountStore.zone(name);
      each.add("(organisations.zone = ? AND recorded_us >= ? AND recorded_us < ?)");
      values.add(name);
      values.add(filter.first() == null ? 0 : UsageStore.micros(filter.first().apply(zone), zone));
      values.add(
          filter.last() == null
              ? Long.MAX_VALUE
              : UsageStore.micros(filter.last().apply(zone).plusDays(1), zone));
    }
    conditions.add("(" + String.join(" OR ", each) + ")");
  }

  private static Request request(ResultSet row) throws SQLException {
    return new Request(
        row.getString("request_id"),
        Instant.ofEpochMilli(row.getLong("recorded_us") / 1000),
        AccountStore.zone(row.getString("zone")),
        row.getString("organisation"),
        row.getString("project"),
        row.getString("key_id"),
        row.getString("key_name"),
        row.getString("model"),
        row.getString("target"),
        row.getInt("attempts"),
        row.getInt("streamed") == 1,
        row.getString("outcome"),
        row.getString("error_code"),
        row.getInt("status"),
        row.getInt("prompt_tokens"),
        row.getInt("cached_tokens"),
        row.getInt("cache_write_tokens"),
        row.getInt("completion_tokens"),
        row.getInt("reasoning_tokens"),
        row.getInt("estimated") == 1,
        row.getString("dialect"),
        row.getLong("duration_us"),
        row.getString("tries"),
        Sql.number(row, "price_id"),
        Sql.number(row, "amount"));
  }
}
