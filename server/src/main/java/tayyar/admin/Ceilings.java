package tayyar.admin;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.LimitStore;
import tayyar.api.ApiError;
import tayyar.api.Limits;
import tayyar.api.Refused;
import tayyar.api.Scope;
import tayyar.api.Scope.Level;
import tayyar.http.Document;
import tayyar.http.Route;
import tayyar.http.Route.Method;

/** Limits of keys, projects, organisations and plans. */
final class Ceilings {
  private static final List<String> LEVELS = Stream.of(Level.values()).map(Level::word).toList();

  private Ceilings() {}

  static List<Route> routes(Desk desk) {
    return List.of(
        desk.get("/limits", Ceilings::list),
        desk.route(Method.PATCH, "/limits/{of}/{name*}", Role.OWNER, Ceilings::change));
  }

  private static Document list(Call call) {
    String currency = call.currency();
    List<Scope> all = new LimitStore(call.store()).scopes();
    return call.page(all, Scope::holder, scope -> shown(scope, currency));
  }

  private static Json shown(Scope scope, String currency) {
    Limits its = scope.limits();
    return new Json()
        .with("of", scope.level().word())
        .with("name", scope.name())
        .with("id", scope.holder())
        .with("requests_per_minute", some(its.requestsPerMinute()))
        .with("tokens_per_minute", some(its.tokensPerMinute()))
        .with("requests_at_once", some(its.requestsAtOnce()))
        .with("tokens_per_request", some(its.tokensPerRequest()))
        .withMoney("spend_per_day", amount(its.spendPerDay()))
        .withMoney("spend_per_month", amount(its.spendPerMonth()))
        .with("currency", currency);
  }

  private static @Nullable Integer some(int limit) {
    return limit == 0 ? null : limit;
  }

  private static @Nullable Long amount(long limit) {
    return limit == 0 ? null : limit;
  }

  /** What is left out stays; 0 takes a limit away. */
  private static Document change(Call call) {
    call.query().done();
    Level level = level(call.parameter("of"));
    Input input = call.input();
    Integer requests = input.number("requests_per_minute");
    Integer tokens = input.number("tokens_per_minute");
    Integer atOnce = input.number("requests_at_once");
    Integer ofRequest = input.number("tokens_per_request");
    Long day = input.amountOr("spend_per_day", null);
    Long month = input.amountOr("spend_per_month", null);
    input.done();
    Scope now =
        new LimitStore(call.store(), call.who())
            .change(
                level,
                call.parameter("name"),
                its ->
                    new Limits(
                        Objects.requireNonNullElse(requests, its.requestsPerMinute()),
                        Objects.requireNonNullElse(tokens, its.tokensPerMinute()),
                        Objects.requireNonNullElse(atOnce, its.requestsAtOnce()),
                        Objects.requireNonNullElse(ofRequest, its.tokensPerRequest()),
                        Objects.requireNonNullElse(day, its.spendPerDay()),
                        Objects.requireNonNullElse(month, its.spendPerMonth())));
    call.served().look();
    return shown(now, call.currency()).document();
  }

  private static Level level(String word) {
    if (!LEVELS.contains(word)) {
      throw new Refused(
          new ApiError.InvalidValue("of", "must be one of " + String.join(", ", LEVELS) + "."));
    }
    return Level.of(word);
  }
}
