package tayyar.customer;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountException;
import tayyar.accounts.UsageStore;
import tayyar.accounts.UsageStore.By;
import tayyar.accounts.UsageStore.Days;
import tayyar.accounts.UsageStore.Sum;
import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.Csv;
import tayyar.api.Key;
import tayyar.api.Refused;
import tayyar.http.Document;
import tayyar.http.Question;

/** Sums over an organisation's requests, as JSON or as CSV. */
record Usage(UsageStore store, CustomerPages.Balances balances, Supplier<String> currency) {
  /** The longest time that is summed at once, in days. */
  private static final int DAYS_MAX = 366;

  /** The most sums of an answer; names of models that clients made up may be more. */
  private static final int SUMS_MAX = 1_000;

  private static final String CSV = "text/csv; charset=utf-8";
  private static final Set<String> KNOWN = Set.of("by", "from", "to", "format");

  /**
   * What is asked for.
   *
   * @param from the first day
   * @param to the last day
   */
  record Asked(By by, LocalDate from, LocalDate to, boolean csv) {}

  /**
   * Reads what is asked for.
   *
   * @throws Refused if a parameter is unknown or wrong
   */
  static Asked asked(Question question) {
    Map<String, String> query = question.query();
    for (String name : query.keySet()) {
      if (!KNOWN.contains(name)) {
        throw wrong(Clip.marked(40, name), "is unknown here; known are by, from, to and format.");
      }
    }
    ZoneId zone = question.key().account().zone();
    LocalDate to = day("to", query, zone, LocalDate.now(zone));
    LocalDate from = day("from", query, zone, to.withDayOfMonth(1));
    if (to.isBefore(from)) {
      throw wrong("to", "is before 'from'.");
    }
    if (from.plusDays(DAYS_MAX).isBefore(to.plusDays(1))) {
      throw wrong("from", "is more than " + DAYS_MAX + " days before the end of 'to'.");
    }
    return new Asked(by(query.get("by")), from, to, isCsv(query.get("format"), question));
  }

  private static Refused wrong(String name, String why) {
    return new Refused(new ApiError.InvalidValue(name, why));
  }

  private static LocalDate day(
      String name, Map<String, String> query, ZoneId zone, LocalDate otherwise) {
    String given = query.getOrDefault(name, "");
    try {
      return given.isEmpty() ? otherwise : UsageStore.day(given, zone);
    } catch (AccountException e) {
      throw wrong(name, "is wrong: " + e.getMessage());
    }
  }

  private static By by(@Nullable String word) {
    if (word == null || word.isEmpty()) {
      return By.DAY;
    }
    return Arrays.stream(By.values())
        .filter(by -> by.word().equals(word))
        .findFirst()
        .orElseThrow(() -> wrong("by", "must be day, key, project or model."));
  }

  private static boolean isCsv(@Nullable String format, Question question) {
    String accepted = question.header("Accept");
    return switch (format == null ? "" : format) {
      case "" -> accepted != null && accepted.contains("text/csv");
      case "json" -> false;
      case "csv" -> true;
      default -> throw wrong("format", "must be json or csv.");
    };
  }

  Document of(Key key, Asked asked) {
    ZoneId zone = key.account().zone();
    String id = key.account().organisationId();
    var days = new Days(_ -> asked.from(), _ -> asked.to());
    List<Sum> sums = store.own(id, zone, days, asked.by(), SUMS_MAX + 1);
    boolean more = sums.size() > SUMS_MAX;
    List<Sum> told = more ? sums.subList(0, SUMS_MAX) : sums;
    String money = currency.get();
    if (asked.csv()) {
      return Document.text(200, CSV, csv(told, asked.by(), money));
    }
    return new Json()
        .with("object", "list")
        .with("organisation", key.account().organisation())
        .with("by", asked.by().word())
        .with("from", asked.from().toString())
        .with("to", asked.to().toString())
        .with("time_zone", zone.getId())
        .with("currency", money)
        .withText("balance", balances.of(id).available())
        .with("as_of", Instant.now().toString())
        .with("data", told.stream().map(sum -> shown(sum, asked.by()).members()).toList())
        .with("has_more", more)
        .document();
  }

  private static boolean isNamed(By by) {
    return by == By.KEY || by == By.PROJECT;
  }

  private static Json shown(Sum sum, By by) {
    Json json = new Json().with(by.word(), sum.what());
    if (isNamed(by)) {
      json.with("name", sum.name());
    }
    return json.with("requests", sum.requests())
        .with("prompt_tokens", sum.promptTokens())
        .with("cached_tokens", sum.cachedTokens())
        .with("cache_write_tokens", sum.cacheWriteTokens())
        .with("completion_tokens", sum.completionTokens())
        .with("estimated_tokens", sum.estimatedTokens())
        .withText("amount", sum.amount());
  }

  private static String csv(List<Sum> sums, By by, String currency) {
    var lines = new StringBuilder();
    List<String> heads = new ArrayList<>(shown(NOTHING, by).members().keySet());
    heads.add("currency");
    lines.append(Csv.line(heads)).append("\r\n");
    for (Sum sum : sums) {
      List<String> cells = new ArrayList<>();
      shown(sum, by).members().values().forEach(value -> cells.add(String.valueOf(value)));
      cells.add(currency);
      lines.append(Csv.line(cells)).append("\r\n");
    }
    return lines.toString();
  }

  private static final Sum NOTHING = new Sum("", "", "", 0, 0, 0, 0, 0, 0, 0);
}
