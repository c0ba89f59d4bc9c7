package tayyar.accounts;

import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Bill;
import tayyar.api.Charge;
import tayyar.api.Cost;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.LimitFault;
import tayyar.api.Outcome;
import tayyar.api.Price;
import tayyar.api.Refused;
import tayyar.api.Scope;
import tayyar.api.Unfunded;
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

  private final Key key;
  private final PriceList prices;
  private final long startedAtMs;
  private final @Nullable Purse purse;
  private final long overrun;
  private final LongSupplier clock;
  private int allowed = Integer.MAX_VALUE;
  private int inputBytes = -1;
  private int left;
  private @Nullable Price price;

  /** In each of its parts the highest price of the models that may answer. */
  private @Nullable Price highest;

  /** What the last model that was not covered would have been held for; 0 for none. */
  private long uncovered;

  private @Nullable InferenceRequest request;
  private @Nullable Charge settled;

  /**
   * A bill that holds nothing.
   *
   * @param purse who pays, or null where nobody does
   * @param overrun how far answers may go beyond what is leased while the store is away
   * @param clock tells in which day and month it is paid, milliseconds since the epoch
   */
  OpenBill(
      Key key,
      PriceList prices,
      long startedAtMs,
      @Nullable Purse purse,
      long overrun,
      LongSupplier clock) {
    this.key = key;
    this.prices = prices;
    this.startedAtMs = startedAtMs;
    this.purse = purse;
    this.overrun = overrun;
    this.clock = clock;
  }

  @Override
  public void reserve(String model, InferenceRequest its) {
    if (!key.account().allows(model)) {
      throw refused(new AccountFault.ModelNotAllowed(its.model()));
    }
    request = its;
    uncovered = 0;
    price = prices.at(model, startedAtMs);
    highest = price;
    allowed = allowed(its);
    if (purse != null) {
      if (price == null) {
        throw refused(new AccountFault.NoPrice(its.model()));
      }
      hold(purse, price, model, its);
    }
  }

  /** The tokens that the answer may have by the limits of a request's. */
  private int allowed(InferenceRequest its) {
    int least = Integer.MAX_VALUE;
    for (Scope scope : key.scopes()) {
      int most = scope.limits().tokensPerRequest();
      if (most > 0) {
        int rest = most - likelyTokens(its);
        if (rest < 0 || (rest == 0 && slice() > 0)) {
          throw new Refused(new ApiError.OfLimit(new LimitFault.TokensOfRequest(scope, most)));
        }
        least = Math.min(least, rest);
      }
    }
    return least;
  }

  /**
   * As many tokens as a prompt has bytes it never has; of a small balance the likely number does.
   */
  private void hold(Purse from, Price at, String model, InferenceRequest its) {
    long likely = cost(likelyTokens(its), its.endpoint() == Endpoint.EMBEDDINGS ? 0 : 1);
    long wanted = first(at);
    from.hold(wanted);
    if (from.held() < likely || (from.held() == 0 && likely > 0)) {
      throw lacking(from, model, wanted);
    }
    left = slice();
    if (from.held() < wanted) {
      left = tokens(at, from.held() - cost(likelyTokens(its), 0));
    }
  }

  /** What to throw where an amount is not held: more may come, or the request is refused. */
  private RuntimeException lacking(Purse from, String model, long wanted) {
    Unfunded wait = from.mayCome(wanted);
    if (wait != null) {
      return wait;
    }
    ApiError why = from.shortOf();
    settle(model, Usage.NONE);
    return new Refused(why);
  }

  /** At least as many as are billed where a target tells none. */
  private int likelyTokens(InferenceRequest its) {
    return Math.ceilDiv(inputBytes(its), BYTES_A_TOKEN);
  }

  private int inputBytes(InferenceRequest its) {
    inputBytes = inputBytes < 0 ? its.inputBytes() : inputBytes;
    return inputBytes;
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

  /** What an answer costs at first: its prompt, and a slice of its text. */
  private long first(Price at) {
    return request == null ? 0 : at.of(new Usage(inputBytes(request), slice(), 0, true));
  }

  private long cost(int prompt, int written) {
    return price == null ? 0 : price.of(new Usage(prompt, written, 0, true));
  }

  /** A model that is dearer than those before it is held for as well, or may not answer. */
  @Override
  public boolean allows(String model) {
    if (!key.account().allows(model)) {
      return false;
    }
    Price its = purse == null ? null : prices.at(model, startedAtMs);
    if (purse == null || its == null) {
      return purse == null;
    }
    Price before = highest == null ? its : highest;
    Price now = before.orHigher(its);
    long wanted = first(now);
    boolean covered = now.equals(before) || holdAll(purse, wanted);
    highest = covered ? now : highest;
    uncovered = covered ? uncovered : wanted;
    return covered;
  }

  @Override
  public @Nullable RuntimeException uncovered() {
    return purse == null || uncovered == 0
        ? null
        : lacking(purse, request == null ? "" : request.model(), uncovered);
  }

  /** Holds an amount in all, or no more than before. */
  private static boolean holdAll(Purse from, long wanted) {
    return from.holdAll(Math.max(0, wanted - from.held()));
  }

  @Override
  public @Nullable Set<String> regions() {
    return key.account().regions();
  }

  @Override
  public boolean coversWhole() {
    if (request == null || longest(request) > allowed) {
      return request == null;
    }
    return purse == null
        || highest == null
        || holdAll(purse, highest.of(new Usage(inputBytes(request), longest(request), 0, true)));
  }

  /** The most tokens that all answers to a request have together. */
  private static int longest(InferenceRequest request) {
    if (request.endpoint() == Endpoint.EMBEDDINGS) {
      return 0;
    }
    Integer most = request.sampling().maxTokens();
    long all = (long) request.answers() * (most == null ? LONGEST_TOKENS : most);
    return (int) Math.min(Integer.MAX_VALUE, all);
  }

  @Override
  public @Nullable Outcome spend(String model) {
    if (--allowed < 0) {
      return new Outcome.Completed();
    }
    return purse == null || --left >= 0 || extend(purse, model) ? null : new Outcome.OutOfBalance();
  }

  /** Holds the next slice, or the part of it that the balance still covers. */
  private boolean extend(Purse from, String model) {
    Price its = price(model);
    if (its == null) {
      return true;
    }
    long slice = its.of(new Usage(0, SLICE_TOKENS, 0, true)) - its.request();
    long more = from.holdMore(slice, overrun);
    left = tokens(its, more) - 1;
    return left >= 0;
  }

  @Override
  public long priceId(String model) {
    Price its = purse == null ? null : price(model);
    return its == null ? 0 : its.id();
  }

  @Override
  public Cost cost(String model, Usage usage) {
    return new Cost(charge(model, usage).amount(), prices.currency());
  }

  @Override
  public Charge settle(String model, Usage usage) {
    Charge done = settled;
    if (done == null) {
      done = charge(model, usage);
      settled = done;
      if (purse != null) {
        purse.settle(done.amount(), clock.getAsLong());
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
    Price its = purse == null ? null : price(model);
    long amount = its == null || usage.totalTokens() == 0 ? 0 : its.of(usage);
    return new Charge(key.account().projectId(), its == null ? 0 : its.id(), amount);
  }
}
