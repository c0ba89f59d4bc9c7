package tayyar.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tayyar.accounts.OneLender.request;
import static tayyar.accounts.OneLender.reserve;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tayyar.api.Account;
import tayyar.api.Bill;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Outcome;
import tayyar.api.Price;
import tayyar.api.Refused;
import tayyar.api.Scope;
import tayyar.api.Scope.Level;
import tayyar.api.Usage;
import tayyar.testing.Cases;

/** Limits of what may be spent a day and a month, and of the tokens of a request. */
class SpendTest {
  private static final ZoneId CAIRO = ZoneId.of("Africa/Cairo");
  private static final ZoneId ZONE_OF_UTC = ZoneId.of("UTC");

  /** One billionth a token read, two a token written. */
  private static final Price PRICE =
      new Price(7, "m", 1_000_000, 1_000_000, 1_000_000, 2_000_000, 0, 0);

  private static final Instant NOON =
      ZonedDateTime.of(2026, 11, 29, 12, 0, 0, 0, CAIRO).toInstant();

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final Billing billing = new Billing(new OneLender(1_000_000_000), 0, now::get);

  private void knows(Map<String, Books.SpentBefore> before) {
    billing.swap(new Books(new PriceList(List.of(PRICE)), Map.of("org_1", 1_000_000_000L), before));
  }

  private static Key key(Scope... scopes) {
    var its = new Account("proj_1", "org_1", "acme", false, true, 0, CAIRO, null, null, null);
    return new Key("key_1", "k", "", false, Key.NEVER, its, List.of(scopes));
  }

  private static Scope spend(Level level, String holder, long day, long month) {
    return new Scope(level, "its", holder, new Limits(0, 0, 0, 0, day, month));
  }

  private Bill opened(Key key) {
    Bill bill = billing.open(key, now.get().toEpochMilli());
    reserve(bill, request(8));
    return bill;
  }

  /** Takes an answer as long as its limits allow, and returns its tokens. */
  private int answer(Key key, int most) {
    Bill bill = opened(key);
    int written = 0;
    while (written < most && bill.spend("m") == null) {
      written++;
    }
    bill.settle("m", new Usage(2, written, 0, true));
    return written;
  }

  /** Asks until nothing is left; ends with the refusal. */
  private void exhausted(Key key, String words) {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 20; i++) {
                answer(key, 10_000);
              }
            })
        .isInstanceOfSatisfying(
            Refused.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(402);
              assertThat(e.error().code()).isEqualTo("spend_limit_reached");
              assertThat(e.error().message()).contains(words);
            });
    assertThat(billing.held()).isZero();
  }

  @Test
  void whatOthersSpentYesterdayIsOverToday() {
    knows(Map.of());
    Key key = key(spend(Level.KEY, "key_1", 1_000, 5_000));
    long midnight = ZonedDateTime.of(2026, 11, 29, 0, 0, 0, 0, CAIRO).toInstant().toEpochMilli();
    long month = ZonedDateTime.of(2026, 11, 1, 0, 0, 0, 0, CAIRO).toInstant().toEpochMilli();
    for (long atMs : new long[] {midnight - 1, month - 1, midnight}) {
      billing.spentElsewhere(
          new Elsewhere.Charge("key_1", "org_1", "Africa/Cairo", 700, atMs),
          now.get().toEpochMilli());
    }
    assertThat(billing.left(key)).as("of the day").isEqualTo(300);
    assertThat(billing.left(key(spend(Level.KEY, "key_1", 0, 5_000))))
        .as("of the month")
        .isEqualTo(5_000 - 1_400);
  }

  @Test
  void aDaysMoneyEndsAnAnswerAndTheNextDayBeginsAnew() {
    knows(Map.of());
    Key key = key(spend(Level.KEY, "key_1", 1_000, 0));
    assertThat(answer(key, 100)).isEqualTo(100);
    assertThat(answer(key, 1_000)).isBetween(390, 398);
    exhausted(key, "of 0.0000 a day is reached. The next day begins at 2026-11-29T22:00:00Z.");
    now.set(NOON.plusSeconds(12 * 3600));
    assertThat(answer(key, 100)).isEqualTo(100);
  }

  @Test
  void aMonthsMoneyIsItsDays() {
    knows(Map.of());
    Key key = key(spend(Level.ORGANISATION, "org_1", 600, 1_000));
    answer(key, 10_000);
    exhausted(key, "a day is reached");
    now.set(NOON.plusSeconds(24 * 3600));
    answer(key, 10_000);
    exhausted(key, "a month is reached. The next month begins at 2026-11-30T22:00:00Z.");
    now.set(NOON.plusSeconds(2 * 24 * 3600));
    assertThat(answer(key, 100)).isEqualTo(100);
  }

  @Test
  void whatWasSpentBeforeTheStartCounts() {
    long at = NOON.toEpochMilli();
    knows(Map.of("proj_1", new Books.SpentBefore("org_1", CAIRO, at, 999, 5_000)));
    exhausted(key(spend(Level.PROJECT, "proj_1", 1_000, 0)), "the project 'its'");
    knows(Map.of("proj_1", new Books.SpentBefore("org_1", CAIRO, at, 999, 5_000)));
    assertThat(answer(key(spend(Level.PROJECT, "proj_1", 0, 5_100)), 10)).isEqualTo(10);
  }

  @Test
  void whatIsSpentBeforeThereIsALimitCountsToo() {
    knows(Map.of());
    answer(key(spend(Level.KEY, "key_1", 0, 0)), 400);
    exhausted(key(spend(Level.ORGANISATION, "org_1", 802, 0)), "organisation");
    exhausted(key(spend(Level.PLAN, "org_1", 0, 802)), "plan");
  }

  /** The day that runs ends as it would have; the next one is of the new zone. */
  @Test
  void aNewZoneHoldsFromTheNextDayOn() {
    knows(Map.of());
    Key cairo = key(spend(Level.ORGANISATION, "org_1", 600, 0));
    answer(cairo, 10_000);
    var its = new Account("proj_1", "org_1", "acme", false, true, 0, ZONE_OF_UTC, null, null, null);
    Key moved = new Key("key_1", "k", "", false, Key.NEVER, its, cairo.scopes());
    exhausted(moved, "The next day begins at 2026-11-29T22:00:00Z.");
    now.set(Instant.parse("2026-11-29T22:00:00Z"));
    answer(moved, 10_000);
    exhausted(moved, "The next day begins at 2026-11-30T00:00:00Z.");
    now.set(Instant.parse("2026-11-30T00:00:00Z"));
    assertThat(answer(moved, 100)).isEqualTo(100);
  }

  /** However many run at once, no day costs more than its limit, and nothing stays held. */
  @Test
  void manyAtOnceNeverSpendMoreThanTheLimit() {
    Cases.times(
        300,
        random -> {
          long free = random.nextLong(1, 20_000);
          var many = new Billing(new OneLender(free), 0, now::get);
          many.swap(new Books(new PriceList(List.of(PRICE)), Map.of("org_1", free), Map.of()));
          long day = random.nextLong(1, 10_000);
          long org = random.nextLong(1, 10_000);
          Key key =
              key(spend(Level.KEY, "key_1", day, 0), spend(Level.ORGANISATION, "org_1", 0, org));
          List<Bill> open = new ArrayList<>();
          long spent = 0;
          for (int i = 0; i < 60; i++) {
            if (random.nextBoolean()) {
              Bill bill = many.open(key, now.get().toEpochMilli());
              try {
                reserve(bill, request(8));
                open.add(bill);
              } catch (Refused e) {
                assertThat(e.error().status()).isEqualTo(402);
              }
            } else if (!open.isEmpty()) {
              Bill bill = open.removeFirst();
              boolean whole = random.nextInt(4) == 0 && bill.coversWhole();
              int most = random.nextInt(1, 2_000);
              int written = 0;
              while (written < most && (whole || bill.spend("m") == null)) {
                written++;
              }
              spent += bill.settle("m", new Usage(2, written, 0, true)).amount();
              assertThat(spent).isLessThanOrEqualTo(Math.min(day, org));
            }
          }
          open.forEach(bill -> bill.settle("m", Usage.NONE));
          assertThat(many.held()).isZero();
        });
  }

  @Test
  void aRequestsTokensEndItAtItsLength() {
    knows(Map.of());
    Key key = key(new Scope(Level.PLAN, "its", "org_1", new Limits(0, 0, 0, 12, 0, 0)));
    Bill bill = opened(key);
    for (int i = 0; i < 10; i++) {
      assertThat(bill.spend("m")).isNull();
    }
    assertThat(bill.spend("m")).isEqualTo(new Outcome.Completed());
    assertThat(bill.coversWhole()).as("it has to be counted").isFalse();
    bill.settle("m", Usage.NONE);
    assertThatThrownBy(
            () -> opened(key(new Scope(Level.KEY, "", "key_1", new Limits(0, 0, 0, 1, 0, 0)))))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.error().code()).isEqualTo("request_too_large"));
  }
}
