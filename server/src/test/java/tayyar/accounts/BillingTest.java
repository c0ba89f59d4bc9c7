package tayyar.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tayyar.accounts.OneLender.request;
import static tayyar.accounts.OneLender.reserve;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.Account;
import tayyar.api.Bill;
import tayyar.api.Charge;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Price;
import tayyar.api.Refused;
import tayyar.api.Sampling;
import tayyar.api.Scope;
import tayyar.api.Usage;
import tayyar.testing.Cases;

/** What a balance covers, and what is left of it. */
class BillingTest {
  private static final ZoneId CAIRO = ZoneId.of("Africa/Cairo");
  private static final Key FREE = new Key("key_0", "", "", 1, false);

  /** One billionth a token read, two a token written. */
  private static final Price PRICE =
      new Price(7, "m", 1_000_000, 1_000_000, 1_000_000, 2_000_000, 0, 10);

  private static Key account(long overdraft, @Nullable Set<String> models) {
    return key(overdraft, models, Limits.NONE);
  }

  private static Key key(long overdraft, @Nullable Set<String> models, Limits limits) {
    var its =
        new Account("proj_1", "org_1", "acme", false, true, overdraft, CAIRO, null, null, models);
    var own = new Scope(Scope.Level.KEY, "k", "key_1", limits);
    return new Key("key_1", "k", "", false, Key.NEVER, its, List.of(own));
  }

  private static Billing billing(long free) {
    return billing(free, List.of(PRICE));
  }

  /** Billing that knows what there is, as it does behind a first request. */
  private static Billing billing(long free, List<Price> prices) {
    var billing = new Billing(new OneLender(free), 0, InstantSource.system());
    billing.swap(new Books(new PriceList(prices), Map.of("org_1", free), Map.of()));
    if (free > 0) {
      Bill first = billing.open(account(0, null), 10);
      reserve(first, request(0));
      first.settle("m", Usage.NONE);
    }
    return billing;
  }

  private static Bill opened(Billing billing, int bytes) {
    Bill bill = billing.open(account(0, null), 10);
    reserve(bill, request(bytes));
    return bill;
  }

  private static void refused(Billing billing, Key account, long atMs, String code) {
    assertThatThrownBy(() -> reserve(billing.open(account, atMs), request(8)))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.error().code()).isEqualTo(code));
    assertThat(billing.held()).isZero();
  }

  @Test
  void anAnswerIsPaidAtItsEndAndTheRestGivenBack() {
    Billing billing = billing(9_000);
    Bill bill = opened(billing, 100);
    assertThat(billing.held()).isEqualTo(100 + 2 * OpenBill.SLICE_TOKENS);
    assertThat(billing.available("org_1")).isEqualTo(9_000 - billing.held());

    Charge charge = bill.settle("m", new Usage(30, 5, 0, false));

    assertThat(charge).isEqualTo(new Charge("proj_1", 7, 40));
    assertThat(bill.settle("m", new Usage(1, 1, 0, false))).isEqualTo(charge);
    assertThat(billing.held()).isZero();
    assertThat(billing.available("org_1")).isEqualTo(9_000 - 40);
  }

  @Test
  void anAnswerGoesOnSliceBySliceAndEndsWhereNothingIsLeft() {
    Billing billing = billing(1_001);
    Bill bill = opened(billing, 1);
    int tokens = 0;
    while (bill.spend("m") == null) {
      tokens++;
    }
    assertThat(tokens).isEqualTo(500);
    assertThat(billing.available("org_1")).isZero();
    refused(billingWithNothing(), account(0, null), 10, "quota_exceeded");

    bill.settle("m", new Usage(1, tokens, 0, false));
    assertThat(billing.available("org_1")).isZero();
  }

  /** A lender that lends these amounts, the last of which is all there is. */
  private record Portions(Deque<Long> left) implements Lender {
    @Override
    public void ask(Balance balance, long wanted, long untilNanos, @Nullable Runnable then) {
      balance.lent(left.isEmpty() ? 0 : left.remove());
      balance.allIsHere(left.isEmpty());
      if (then != null) {
        then.run();
      }
    }

    @Override
    public boolean away() {
      return false;
    }
  }

  /** The rest comes between a hold that is too small and the question whether more can come. */
  @Test
  void whatIsLentBehindAHoldIsNotOverlooked() {
    var lender = new Portions(new ArrayDeque<>(List.of(600L, 0L, 10_000L)));
    var billing = new Billing(lender, 0, InstantSource.system());
    billing.swap(new Books(new PriceList(List.of(PRICE)), Map.of("org_1", 10_600L), Map.of()));
    Bill first = opened(billing, 8);
    Bill second = opened(billing, 400);
    assertThat(billing.held()).isEqualTo(408 + 4 * OpenBill.SLICE_TOKENS);
    first.settle("m", Usage.NONE);
    second.settle("m", Usage.NONE);
  }

  private static Billing billingWithNothing() {
    return billing(0);
  }

  @Test
  void aSmallBalanceIsEnoughForAShortPrompt() {
    Bill bill = opened(billing(10), 8);
    assertThat(bill.spend("m")).isNull();
    refused(billing(3), account(0, null), 10, "quota_exceeded");
  }

  @Test
  void whoPaysNeedsAPriceFromItsMomentOn() {
    refused(billing(100), account(0, null), 9, "no_price");
    Bill free = billing(100).open(FREE, 9);
    reserve(free, request(8));
    assertThat(free.settle("m", new Usage(3, 3, 0, false)))
        .isEqualTo(new Charge("proj_default", 0, 0));
  }

  /** So that an organisation that is to pay one day does not begin with debts. */
  @Test
  void whoDoesNotPayOwesNothingForAModelWithAPrice() {
    Billing billing = billing(100);
    Bill free = billing.open(FREE, 10);
    reserve(free, request(8));
    assertThat(free.settle("m", new Usage(3, 3, 0, false)))
        .isEqualTo(new Charge("proj_default", 0, 0));
    assertThat(billing.available("org_1")).isEqualTo(100);
  }

  @Test
  void otherModelsThanTheKeysAreRefusedAndNoFallback() {
    Key some = account(0, Set.of("n"));
    refused(billing(100), some, 10, "model_not_allowed");
    Billing billing = billing(100);
    assertThat(billing.open(some, 10).allows("m")).isFalse();
    assertThat(billing.open(some, 10).allows("n")).as("it has no price").isFalse();
    assertThat(billing.open(account(0, Set.of("m")), 10).allows("m")).isTrue();
  }

  @Test
  void aWholeAnswerIsCoveredToItsGreatestLengthOrStreamed() {
    assertThat(opened(billing(1_000_000), 8).coversWhole()).isTrue();
    Billing poor = billing(1_000);
    Bill bill = opened(poor, 8);
    long before = poor.available("org_1");
    assertThat(bill.coversWhole()).isFalse();
    assertThat(poor.available("org_1")).as("the rest is others'").isEqualTo(before);
    bill.settle("", Usage.NONE);
    assertThat(poor.available("org_1")).isEqualTo(1_000);
  }

  @ParameterizedTest
  @CsvSource({"1,100,true", "128,100,false", "2,4990,true", "2,5000,false", "128,2147483647,false"})
  void allAnswersToARequestAreCovered(int answers, int most, boolean covered) {
    Bill bill = billing(20_000).open(account(0, null), 10);
    var sampling = Sampling.of(Map.of("max_tokens", most));
    reserve(bill, request(8, sampling, answers));
    assertThat(bill.coversWhole()).isEqualTo(covered);
  }

  @Test
  void toolsAreHeldForAndMayBeTooMuch() {
    var tools = new InferenceRequest.Asked.Chat("", 4_000, 1);
    InferenceRequest plain = request(8);
    var request =
        new InferenceRequest(
            "m",
            List.of(),
            true,
            false,
            Sampling.NONE,
            List.of(),
            Set.of(),
            new byte[4_000],
            plain.spans(),
            tools);
    Billing billing = billing(5_000);
    Bill bill = billing.open(account(0, null), 10);
    reserve(bill, request);
    assertThat(billing.held()).isEqualTo(4_000 + 2 * OpenBill.SLICE_TOKENS);
    bill.settle("m", Usage.NONE);

    Bill poor = billing(900).open(account(0, null), 10);
    assertThatThrownBy(() -> reserve(poor, request)).isInstanceOf(Refused.class);
  }

  private static final Price DEAR =
      new Price(8, "dear", 1_000_000, 0, 1_000_000, 20_000_000, 0, 10);

  private static Billing withADearer(long granted) {
    return billing(granted, List.of(PRICE, DEAR));
  }

  @Test
  void aDearerFallbackIsHeldForOrMayNotAnswer() {
    Billing billing = withADearer(5_200);
    Bill first = opened(billing, 8);
    assertThat(first.allows("m")).isTrue();
    assertThat(first.allows("dear")).isTrue();
    assertThat(billing.held()).isEqualTo(8 + 20 * OpenBill.SLICE_TOKENS);
    assertThat(opened(billing, 8).allows("dear")).isFalse();
    assertThat(billing.available("org_1")).isNotNegative();

    int tokens = 0;
    while (first.spend("dear") == null) {
      tokens++;
    }
    first.settle("dear", new Usage(8, tokens, 0, false));
    assertThat(tokens).isEqualTo(OpenBill.SLICE_TOKENS);
  }

  @Test
  void aWholeAnswerIsCoveredAtThePriceOfEachModelThatMayGiveIt() {
    Bill bill = withADearer(1_000_000).open(account(0, null), 10);
    reserve(bill, request(8, Sampling.of(Map.of("max_tokens", 100_000)), 1));
    assertThat(bill.coversWhole()).isTrue();
    bill.settle("m", Usage.NONE);

    Bill other = withADearer(1_000_000).open(account(0, null), 10);
    reserve(other, request(8, Sampling.of(Map.of("max_tokens", 100_000)), 1));
    assertThat(other.allows("dear")).isTrue();
    assertThat(other.coversWhole()).isFalse();
  }

  /** Any number of requests at once: what is left and held is what came less what was paid. */
  @Test
  void manyAtOnceNeverGoBelowZero() throws Exception {
    try (ExecutorService loops = Executors.newFixedThreadPool(4)) {
      Cases.times(
          40,
          seed -> {
            long granted = seed.nextLong(50_000);
            Billing billing = billing(granted);
            AtomicLong paid = new AtomicLong();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
              var random = Cases.of(seed.nextLong());
              running.add(
                  loops.submit(
                      () -> {
                        for (int j = 0; j < 50; j++) {
                          paid.addAndGet(run(billing, random.nextInt(200), random.nextInt(900)));
                        }
                      }));
            }
            for (Future<?> each : running) {
              each.get();
            }
            assertThat(billing.held()).isZero();
            assertThat(billing.available("org_1")).isEqualTo(granted - paid.get());
            assertThat(billing.available("org_1")).isNotNegative();
          });
    }
  }

  private static long run(Billing billing, int bytes, int tokens) {
    Bill bill = billing.open(account(0, null), 10);
    try {
      reserve(bill, request(bytes));
    } catch (Refused e) {
      return 0;
    }
    int written = 0;
    while (written < tokens && bill.spend("m") == null) {
      written++;
    }
    assertThat(billing.available("org_1")).isNotNegative();
    return bill.settle("m", new Usage((bytes + 3) / 4, written, 0, true)).amount();
  }
}
