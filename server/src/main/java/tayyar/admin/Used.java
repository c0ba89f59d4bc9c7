package tayyar.admin;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.RequestStore;
import tayyar.accounts.RequestStore.Filter;
import tayyar.accounts.RequestStore.Request;
import tayyar.accounts.UsageStore;
import tayyar.accounts.UsageStore.By;
import tayyar.accounts.UsageStore.Days;
import tayyar.accounts.UsageStore.Sum;
import tayyar.api.Csv;
import tayyar.api.Money;
import tayyar.http.Document;
import tayyar.http.Route;

/** What was used: sums over the ledger, and its single rows. */
final class Used {
  private static final String CSV = "text/csv; charset=utf-8";

  private Used() {}

  static List<Route> routes(Desk desk) {
    return List.of(
        desk.get("/usage", Used::usage),
        desk.get("/requests", Used::requests),
        desk.get("/requests/{id}", Used::request));
  }

  private static Document usage(Call call) {
    Query query = call.query();
    By by = by(query);
    Function<ZoneId, LocalDate> to = query.day("to");
    Function<ZoneId, LocalDate> last = to == null ? LocalDate::now : to;
    Function<ZoneId, LocalDate> from = query.day("from");
    Function<ZoneId, LocalDate> first =
        from == null ? zone -> last.apply(zone).withDayOfMonth(1) : from;
    String organisation = organisation(call);
    String format = query.oneOf("format", List.of("json", "csv"));
    query.done();
    List<Sum> sums = new UsageStore(call.store()).sums(organisation, new Days(first, last), by);
    String currency = call.currency();
    return "csv".equals(format)
        ? Document.text(200, CSV, csv(sums, by, currency))
        : Json.page(sums.stream().map(sum -> shown(sum, by, currency)).toList(), null);
  }

  private static By by(Query query) {
    String word = query.oneOf("by", Arrays.stream(By.values()).map(By::word).toList());
    return word == null ? By.DAY : By.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static @Nullable String organisation(Call call) {
    String given = call.query().text("organisation");
    return given == null ? null : call.accounts().organisation(given).name();
  }

  private static Json shown(Sum sum, By by, String currency) {
    return new Json()
        .with("organisation", sum.organisation())
        .with(by.word(), sum.what())
        .with("name", sum.name())
        .with("requests", sum.requests())
        .with("prompt_tokens", sum.promptTokens())
        .with("cached_tokens", sum.cachedTokens())
        .with("cache_write_tokens", sum.cacheWriteTokens())
        .with("completion_tokens", sum.completionTokens())
        .with("estimated_tokens", sum.estimatedTokens())
        .withMoney("amount", sum.amount())
        .with("currency", currency);
  }

  private static String csv(List<Sum> sums, By by, String currency) {
    Stream<String> head =
        Stream.of(
            Csv.line(
                List.of(
                    "organisation",
                    by.word(),
                    "name",
                    "requests",
                    "prompt_tokens",
                    "cached_tokens",
                    "cache_write_tokens",
                    "completion_tokens",
                    "estimated_tokens",
                    "amount",
                    "currency")));
    Stream<String> rows =
        sums.stream()
            .map(
                sum ->
                    Csv.line(
                        List.of(
                            sum.organisation(),
                            sum.what(),
                            sum.name(),
                            "" + sum.requests(),
                            "" + sum.promptTokens(),
                            "" + sum.cachedTokens(),
                            "" + sum.cacheWriteTokens(),
                            "" + sum.completionTokens(),
                            "" + sum.estimatedTokens(),
                            Money.exact(sum.amount()),
                            currency)));
    return String.join("\r\n", Stream.concat(head, rows).toList()) + "\r\n";
  }

  private static Document requests(Call call) {
    Query query = call.query();
    int limit = query.limit();
    String after = query.after();
    var store = new RequestStore(call.store());
    if (after != null && find(store, after).isEmpty()) {
      throw Query.badCursor();
    }
    var filter =
        new Filter(
            null,
            query.text("key"),
            organisation(call),
            query.oneOf("outcome", RequestStore.OUTCOMES),
            query.day("from"),
            query.day("to"),
            after,
            limit + 1);
    query.done();
    String currency = call.currency();
    return Call.page(store.find(filter), limit, Request::id, each -> shown(each, currency));
  }

  private static List<Request> find(RequestStore store, String id) {
    return store.find(new Filter(id, null, null, null, null, null, null, 1));
  }

  private static Document request(Call call) {
    call.query().done();
    String id = call.parameter("id");
    return shown(new RequestStore(call.store()).one(id), call.currency()).document();
  }

  private static Json shown(Request request, String currency) {
    return new Json()
        .with("time", request.recorded())
        .with("id", request.id())
        .with("organisation", request.organisation())
        .with("project", request.project())
        .with("key_id", request.keyId())
        .with("key", request.key())
        .with("model", request.model())
        .with("outcome", request.outcome())
        .with("status", request.status())
        .with("error_code", request.errorCode())
        .with("message", request.message())
        .with("prompt_tokens", request.promptTokens())
        .with("cached_tokens", request.cachedTokens())
        .with("cache_write_tokens", request.cacheWriteTokens())
        .with("completion_tokens", request.completionTokens())
        .with("reasoning_tokens", request.reasoningTokens())
        .with("estimated", request.estimated())
        .withMoney("amount", request.amount())
        .with("currency", currency)
        .with("price", request.price())
        .with("dialect", request.dialect())
        .with("streamed", request.streamed())
        .with("target", request.target())
        .with("attempts", request.attempts())
        .with("tries", request.tries())
        .with("duration_ms", request.durationMicros() / 1000);
  }
}
