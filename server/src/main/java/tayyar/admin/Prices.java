package tayyar.admin;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountStore.Plan;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.CurrencyStore;
import tayyar.api.Price;
import tayyar.api.To;
import tayyar.http.Document;
import tayyar.http.Route;
import tayyar.http.Route.Method;

/** Plans, prices of models: versions that are added and never changed, and their currency. */
final class Prices {
  private Prices() {}

  static List<Route> routes(Desk desk) {
    return List.of(
        desk.get("/plans", Prices::plans),
        desk.get("/plans/{name*}", Prices::plan),
        desk.route(Method.PUT, "/plans/{name*}", Role.BILLING, Prices::setPlan),
        desk.get("/prices", Prices::list),
        desk.route(Method.POST, "/prices", Role.BILLING, Prices::add),
        desk.get("/currency", Prices::currency),
        desk.route(Method.PUT, "/currency", Role.BILLING, Prices::setCurrency));
  }

  private static Json shown(Plan plan, String currency) {
    return new Json()
        .with("id", plan.id())
        .with("name", plan.name())
        .with("models", plan.models())
        .withMoney("overdraft", plan.overdraft())
        .with("currency", currency);
  }

  private static Document plans(Call call) {
    String currency = call.currency();
    return call.page(call.accounts().plans(), Plan::id, plan -> shown(plan, currency));
  }

  private static Document plan(Call call) {
    call.query().done();
    return shown(call.accounts().plan(call.parameter("name")), call.currency()).document();
  }

  /** The whole plan is replaced: what is left out is as in a new one. */
  private static Document setPlan(Call call) {
    call.query().done();
    Input input = call.input();
    To<List<String>> models = input.toTexts("models");
    long overdraft = Objects.requireNonNull(input.amountOr("overdraft", 0L));
    input.done();
    Plan made =
        call.accounts()
            .setPlan(call.parameter("name"), models == null ? null : models.value(), overdraft);
    call.served().look();
    return shown(made, call.currency()).document();
  }

  private static Json shown(Price price, String currency) {
    return new Json()
        .with("id", price.id())
        .with("model", price.model())
        .withMoney("input", price.input())
        .withMoney("cached_input", price.cachedInput())
        .withMoney("cache_write", price.cacheWrite())
        .withMoney("output", price.output())
        .withMoney("request", price.request())
        .with("currency", currency)
        .with("from", Instant.ofEpochMilli(price.validFromMs()));
  }

  private static Document list(Call call) {
    String currency = call.currency();
    String model = call.query().text("model");
    List<Price> all =
        call.accounts().prices().stream()
            .filter(price -> model == null || price.model().equals(model))
            .toList();
    return call.page(all, price -> "" + price.id(), price -> shown(price, currency));
  }

  private static Document add(Call call) {
    call.query().done();
    Input input = call.input();
    String model = input.text("model");
    long in = input.amount("input");
    long cached = Objects.requireNonNull(input.amountOr("cached_input", in));
    long writes = Objects.requireNonNull(input.amountOr("cache_write", in));
    long out = input.amount("output");
    long request = Objects.requireNonNull(input.amountOr("request", 0L));
    Instant from = from(input);
    input.done();
    Price made = call.accounts().setPrice(model, in, cached, writes, out, request, from);
    call.served().look();
    return shown(made, call.currency()).with("warnings", call.warnings()).created();
  }

  private static Document currency(Call call) {
    call.query().done();
    return new Json().with("currency", call.currency()).document();
  }

  /** As long as no amount was ever written in another one. */
  private static Document setCurrency(Call call) {
    call.query().done();
    Input input = call.input();
    String code = input.text("currency");
    input.done();
    new CurrencyStore(call.store(), call.who()).change(code);
    call.served().look();
    return new Json().with("currency", call.currency()).document();
  }

  private static @Nullable Instant from(Input input) {
    return Query.moment("from", input.textOr("from", null));
  }
}
