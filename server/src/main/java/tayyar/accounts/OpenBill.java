package tayyar.accounts;

import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Bill;
import tayyar.api.Charge;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Price;
import tayyar.api.Refused;
import tayyar.api.Usage;

/**
 * The bill of one running request. It holds the prompt and a slice of the answer, and the next
 * slice when the last one is used up: a client that allows for a long answer needs no balance for
 * all of it. Used on one event loop.
 */
final class OpenBill implements Bill {
  /** Tokens of an answer that are held at once. */
  static final int SLICE_TOKENS = 256;

  /** The longest answer, where neither the request nor the model says how long it may be. */
  private static final int LONGEST_TOKENS = 32_768;

  private static final int BYTES_A_TOKEN = 4;

  private final Account account;
  private final PriceList prices;
  private final long startedAtMs;
  private final @Nullable Balance balance;
  private long held;
  private int left;
  private @Nullable Price price;
  private @Nullable InferenceRequest request;
  private @Nullable Charge settled;

  /**
   * A bill that holds nothing.
   *
   * @param balance who pays, or null where nobody does
   */
  OpenBill(Account account, PriceList prices, long startedAtMs, @Nullable Balance balance) {
    this.account = account;
    this.prices = prices;
    this.startedAtMs = startedAtMs;
    this.balance = balance;
  }

  @Override
  public void reserve(String model, InferenceRequest its) {
    if (!account.allows(model)) {
      throw refused(new AccountFault.ModelNotAllowed(its.model()));
    }
    request = its;
    price = prices.at(model, startedAtMs);
    if (balance == null) {
      return;
    }
    if (price == null) {
      throw refused(new AccountFault.NoPrice(its.model()));
    }
    // As many tokens as a prompt has bytes it never has; of a small balance the likely number does.
    long likely = cost(likelyTokens(its), its.endpoint() == Endpoint.EMBEDDINGS ? 0 : 1);
    hold(cost(its.promptBytes(), slice()));
    if (held < likely || (held == 0 && likely > 0)) {
      settle(model, Usage.NONE);
      throw refused(new AccountFault.QuotaExceeded(account.organisation()));
    }
    left = slice();
    if (held < cost(its.promptBytes(), slice())) {
      left = tokens(price, held - cost(likelyTokens(its), 0));
    }
  }

  /** As many as are billed where a target tells none. */
  private static int likelyTokens(InferenceRequest request) {
    return Math.ceilDiv(request.promptBytes(), BYTES_A_TOKEN);
  }

  /** Returns the number of tokens of text that an amount covers, at most a slice. */
  private static int tokens(Price price, long amount) {
    long token = Math.ceilDiv(price.output(), 1_000_000);
    return token == 0 ? SLICE_TOKENS : (int) Math.min(SLICE_TOKENS, amount / token);
  }

  private int slice() {
    return request != null && request.endpoint() == Endpoint.EMBEDDINGS ? 0 : SLICE_TOKENS;
  }

  private static Refused refused(AccountFault why) {
    return new Refused(new ApiError.OfAccount(why));
  }

  private void hold(long wanted) {
    if (balance != null && wanted > 0) {
      held += balance.hold(wanted, account.overdraft());
    }
  }

  private long cost(int prompt, int written) {
    return price == null ? 0 : price.of(new Usage(prompt, written, 0, true));
  }

  @Override
  public boolean allows(String model) {
    return account.allows(model) && (balance == null || prices.at(model, startedAtMs) != null);
  }

  @Override
  public boolean coversWhole() {
    if (balance == null || request == null) {
      return true;
    }
    Integer most = request.sampling().maxTokens();
    long wanted = cost(request.promptBytes(), most == null ? LONGEST_TOKENS : most);
    long more = Math.max(0, wanted - held);
    boolean covered = balance.holdAll(more, account.overdraft());
    held += covered ? more : 0;
    return covered;
  }

  @Override
  public boolean spend(String model) {
    if (balance == null) {
      return true;
    }
    return --left >= 0 || extend(model);
  }

  /** Holds the next slice, or the part of it that the balance still covers. */
  private boolean extend(String model) {
    Price its = price(model);
    if (its == null) {
      return true;
    }
    long before = held;
    hold(its.of(new Usage(0, SLICE_TOKENS, 0, true)) - its.request());
    left = tokens(its, held - before) - 1;
    return left >= 0;
  }

  @Override
  public Charge settle(String model, Usage usage) {
    Charge done = settled;
    if (done == null) {
      done = charge(model, usage);
      settled = done;
      if (balance != null) {
        balance.settle(held, done.amount());
        held = 0;
      }
    }
    return done;
  }

  /** An alias pays its model's price. */
  private @Nullable Price price(String model) {
    boolean asked = request == null || request.model().equals(model) || model.isEmpty();
    return asked ? price : prices.at(model, startedAtMs);
  }

  /** An answer of no token costs nothing, and none of an organisation that does not pay. */
  private Charge charge(String model, Usage usage) {
    Price its = balance == null ? null : price(model);
    long amount = its == null || usage.totalTokens() == 0 ? 0 : its.of(usage);
    return new Charge(account.projectId(), its == null ? 0 : its.id(), amount);
  }
}
