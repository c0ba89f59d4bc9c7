package tayyar.customer;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.Billing.Standing;
import tayyar.accounts.CustomerStore;
import tayyar.accounts.CustomerStore.Came;
import tayyar.accounts.CustomerStore.Spent;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Money;
import tayyar.http.Document;

/**
 * An organisation's balance and a key's limits. What came, and what other gateways use, stands in
 * the store; what this one holds and has used it knows before a row is written.
 *
 * @param left what a key's own limits of spending leave
 * @see <a href="https://api-docs.deepseek.com/api/get-user-balance">DeepSeek, user balance</a>
 * @see <a href="https://openrouter.ai/docs/api-reference/overview">OpenRouter, API reference</a>
 */
record Account(
    CustomerStore store,
    CustomerPages.Balances balances,
    ToLongFunction<Key> left,
    Supplier<String> currency) {
  /** The limit that the old panel tells where there is none, as its other servers do. */
  private static final long UNLIMITED = 100_000_000 * Money.NANOS;

  private static final long CENTS = 100;

  private Standing standing(Key key) {
    return balances.of(key.account().organisationId());
  }

  /**
   * Grants are used before top-ups, and what is held is not there. A request is let in as long as
   * the overdraft is not used up.
   */
  Document balance(Key key, Function<String, @Nullable String> asked) {
    Standing now = standing(key);
    Came came = store.came(key.account().organisationId());
    long grants = Math.max(0, came.granted() - (now.granted() - now.available()));
    long granted = Math.min(grants, Math.max(0, now.available()));
    boolean pays = key.account().pays();
    Json balance =
        new Json()
            .with("currency", currency.get())
            .withText("total_balance", now.available())
            .withText("granted_balance", granted)
            .withText("topped_up_balance", now.available() - granted)
            .withText("held_balance", now.held());
    return new Json()
        .with("is_available", !pays || now.available() + key.account().overdraft() > 0)
        .with("balance_infos", List.of(balance.members()))
        .with("unlimited", !pays)
        .with("as_of", Instant.now().toString())
        .document();
  }

  Document credits(Key key, Function<String, @Nullable String> asked) {
    Standing now = standing(key);
    return new Json()
        .withNumber("total_credits", now.granted())
        .withNumber("total_usage", now.used())
        .with("currency", currency.get())
        .data();
  }

  /** Nobody has keys of targets of his own here, so what OpenRouter tells of them is 0. */
  Document key(Key key, Function<String, @Nullable String> asked) {
    Spent spent = store.spent(key.id(), key.account().zone(), Instant.now());
    boolean paid = store.came(key.account().organisationId()).toppedUp() > 0;
    Limits limits = key.limits();
    boolean limited = limits.ofSpend();
    boolean ofMonth = limits.spendPerMonth() > 0;
    long limit = ofMonth ? limits.spendPerMonth() : limits.spendPerDay();
    Json rate =
        new Json()
            .with("requests", key.requestsPerMinute())
            .with("interval", "60s")
            .with("note", "The key's own; its project, organisation and plan may have others.");
    return new Json()
        .with("label", key.name().isEmpty() ? key.hint() : key.name())
        .withNumber("limit", limited ? limit : null)
        .withNumber("limit_remaining", limited ? Math.min(limit, left.applyAsLong(key)) : null)
        .with("limit_reset", limited ? (ofMonth ? "monthly" : "daily") : null)
        .withNumber("usage", spent.ever())
        .withNumber("usage_daily", spent.day())
        .withNumber("usage_weekly", spent.week())
        .withNumber("usage_monthly", spent.month())
        .with("byok_usage", 0)
        .with("byok_usage_daily", 0)
        .with("byok_usage_weekly", 0)
        .with("byok_usage_monthly", 0)
        .with("include_byok_in_limit", false)
        .with("is_free_tier", key.account().pays() && !paid)
        .with("is_provisioning_key", false)
        .with("is_management_key", false)
        .with("expires_at", end(key))
        .with("rate_limit", rate)
        .with("currency", currency.get())
        .data();
  }

  private static @Nullable String end(Key key) {
    return key.expiresMs() == Key.NEVER ? null : Instant.ofEpochMilli(key.expiresMs()).toString();
  }

  /** All that ever came: less all that was used, it is the balance. */
  Document subscription(Key key, Function<String, @Nullable String> asked) {
    long limit = key.account().pays() ? standing(key).granted() : UNLIMITED;
    long until = key.expiresMs() == Key.NEVER ? 0 : key.expiresMs() / 1000;
    return new Json()
        .with("object", "billing_subscription")
        .with("has_payment_method", true)
        .withNumber("soft_limit_usd", limit)
        .withNumber("hard_limit_usd", limit)
        .withNumber("system_hard_limit_usd", limit)
        .with("access_until", until)
        .with("currency", currency.get())
        .document();
  }

  /** All that was ever used and is held, whatever the days that are asked for, in hundredths. */
  Document totalUsage(Key key, Function<String, @Nullable String> asked) {
    Standing now = standing(key);
    return new Json()
        .with("object", "list")
        .withNumber("total_usage", CENTS * (now.used() + now.held()))
        .with("currency", currency.get())
        .document();
  }
}
