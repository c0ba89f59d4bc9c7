package tayyar.customer;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Billing;
import tayyar.accounts.CustomerStore;
import tayyar.accounts.UsageStore;
import tayyar.api.Key;
import tayyar.http.Document;
import tayyar.http.Question;
import tayyar.http.Route;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;

/**
 * What whoever holds a key sees: balance and usage in our own form, and in those that clients know
 * from DeepSeek, OpenRouter and OpenAI's old panel. Every key sees its whole organisation, and
 * nothing of another. None of it counts as a request to a model. Thread-safe.
 */
public final class CustomerPages implements AutoCloseable {
  private final Turns turns;
  private final Account account;
  private final Usage usage;
  private final Single single;

  /**
   * The pages of a store.
   *
   * @param store gives connections whose statements fail after a time
   * @param most that time
   * @param billing the balances as they are now
   * @param gateway whose they are
   * @param namesTargets whether a customer may know which target answered
   */
  public CustomerPages(
      DataSource store, Duration most, Billing billing, String gateway, boolean namesTargets) {
    var own = new CustomerStore(store);
    Balances balances = id -> billing.standing(id, () -> own.unleased(id, gateway));
    Supplier<String> currency = new AccountStore(store)::currency;
    this.turns = new Turns(most);
    this.account = new Account(own, balances, billing::left, currency);
    this.usage = new Usage(new UsageStore(store), balances, currency);
    this.single = new Single(own, currency, namesTargets);
  }

  /** The money of organisations as it is now, by their ids. */
  @FunctionalInterface
  interface Balances {
    Billing.Standing of(String organisationId);
  }

  /** What one call gives. */
  @FunctionalInterface
  interface Page {
    Document of(Key key, Function<String, @Nullable String> asked);
  }

  /** Where they are. */
  public List<Route> routes() {
    return List.of(
        route("/v1/balance", account::balance),
        route("/user/balance", account::balance),
        new Route(Method.GET, "/v1/usage", Caller.KEY, (Route.Blocking) this::usage),
        route("/v1/key", account::key),
        route("/v1/credits", account::credits),
        route("/v1/generation", single::generation),
        route("/v1/dashboard/billing/subscription", account::subscription),
        route("/dashboard/billing/subscription", account::subscription),
        route("/v1/dashboard/billing/usage", account::totalUsage),
        route("/dashboard/billing/usage", account::totalUsage));
  }

  private Document usage(Question question) {
    var asked = Usage.asked(question);
    return turns.take(question.key().id(), () -> usage.of(question.key(), asked));
  }

  private Route route(String path, Page page) {
    Route.Blocking answer =
        question ->
            turns.take(question.key().id(), () -> page.of(question.key(), question.query()::get));
    return new Route(Method.GET, path, Caller.KEY, answer);
  }

  /** Ends its threads, once they have read what they read. */
  @Override
  public void close() {
    turns.close();
  }
}
