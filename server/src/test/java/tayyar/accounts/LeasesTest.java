package tayyar.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tayyar.accounts.OneLender.request;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.Account;
import tayyar.api.Bill;
import tayyar.api.Charge;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.OpenRow;
import tayyar.api.Refused;
import tayyar.api.Scope;
import tayyar.api.Scope.Level;
import tayyar.api.To;
import tayyar.api.Unfunded;
import tayyar.api.Usage;
import tayyar.ledger.Ledger;
import tayyar.store.Store;
import tayyar.testing.Cases;
import tayyar.testing.Endings;
import tayyar.testing.Stores;

/** Gateways that share a store: what each may hold of an organisation's money. */
@Tag("socket")
class LeasesTest {
  /** One billionth a token read, two a token written. */
  private static final long MILLION = 1_000_000;

  private static final long SLICE = 2L * OpenBill.SLICE_TOKENS;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  @TempDir Path folder;
  private Store store;
  private AccountStore accounts;
  private String organisation;
  private String project;
  private final List<One> gateways = new ArrayList<>();

  /** One gateway: its ledger, its leases, its balances. */
  private final class One implements AutoCloseable {
    final Ledger ledger;
    final Leases leases;
    final Billing billing;
    final BookStore books;
    final Elsewhere elsewhere;

    One(long overrun) throws IOException {
      this(overrun, InstantSource.system());
    }

    One(long overrun, InstantSource clock) throws IOException {
      ledger = Ledger.open(store.ledgerSource(), folder.resolve("t.db"), false, 1_000);
      leases = Leases.start(store.dataSource(), ledger.gateway());
      books = new BookStore(store.dataSource(), ledger.gateway(), clock);
      elsewhere = books.elsewhere();
      billing = new Billing(leases, overrun);
      look();
    }

    void look() {
      billing.swap(books.books());
    }

    /** Asks as a server does; empty where it was refused. */
    private @Nullable Bill opened(int bytes) {
      Bill bill = billing.open(key(), System.currentTimeMillis());
      while (true) {
        try {
          bill.reserve("m", request(bytes));
          return bill;
        } catch (Unfunded e) {
          var done = new CountDownLatch(1);
          e.await(done::countDown);
          try {
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException i) {
            throw new IllegalStateException(i);
          }
        } catch (Refused e) {
          refusals.add(e.error().code());
          return null;
        }
      }
    }

    private String lastRefusal() {
      return refusals.stream().reduce("", (_, last) -> last);
    }

    private Bill running(int bytes) {
      return Objects.requireNonNull(opened(bytes));
    }

    final ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();

    /** Answers with at most this many tokens; returns what it cost. */
    long run(int bytes, int tokens) {
      Bill bill = opened(bytes);
      if (bill == null) {
        return 0;
      }
      int written = 0;
      while (written < tokens && bill.spend("m") == null) {
        written++;
      }
      return end(bill, new Usage((bytes + 3) / 4, written, 0, true));
    }

    long end(Bill bill, Usage usage) {
      Charge charge = bill.settle("m", usage);
      String id = "req_" + NUMBER.incrementAndGet();
      ledger.record(OpenRow.NONE, Endings.charged(id, "key_1", charge));
      return charge.amount();
    }

    long available() {
      return billing.available(organisation);
    }

    @Override
    public void close() {
      ledger.close();
      leases.close();
    }
  }

  @BeforeEach
  void open() {
    store = Stores.open(folder.resolve("t.db"));
    accounts = new AccountStore(store.dataSource());
    accounts.setPrice("m", MILLION, MILLION, MILLION, 2 * MILLION, 0, null);
    accounts.createOrganisation("acme", null, true, ZoneId.of("Africa/Cairo"));
    organisation = accounts.organisation("acme").id();
    project = text("SELECT id FROM projects WHERE organisation_id = '" + organisation + "'");
  }

  @AfterEach
  void close() {
    gateways.forEach(One::close);
    store.close();
  }

  private One gateway() throws IOException {
    var one = new One(0);
    gateways.add(one);
    return one;
  }

  private void topUp(long amount) {
    new Movements(store.dataSource())
        .add(
            organisation,
            amount > 0 ? Movements.Kind.TOP_UP : Movements.Kind.CORRECTION,
            amount,
            "",
            null,
            "test");
  }

  private Key key() {
    long overdraft = 0;
    var its =
        new Account(
            project,
            organisation,
            "acme",
            false,
            true,
            overdraft,
            ZoneId.of("Africa/Cairo"),
            null,
            null,
            null);
    return new Key("key_1", "k", "", false, Key.NEVER, its, List.of());
  }

  private String text(String sql) {
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(String sql) {
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private long number(String sql) {
    return Long.parseLong(text(sql));
  }

  private long balance() {
    return accounts.organisation("acme").balance();
  }

  private long leased() {
    return number("SELECT coalesce(sum(amount), 0) FROM leases");
  }

  private void written(One... all) {
    await().until(() -> List.of(all).stream().allMatch(one -> one.ledger.waiting() == 0));
  }

  @Test
  void whoIsAloneLeasesAllAndGivesItBackAtItsEnd() throws IOException {
    topUp(10_000);
    One one = new One(0);
    assertThat(leased()).as("nobody has asked").isZero();
    assertThat(one.run(100, 5)).isEqualTo(25 + 10);
    assertThat(one.available()).isEqualTo(10_000 - 35);
    written(one);
    assertThat(leased()).isEqualTo(balance()).isEqualTo(10_000 - 35);
    one.close();
    assertThat(leased()).isZero();
    assertThat(balance()).isEqualTo(10_000 - 35);
  }

  /** What the limit of a day leaves at a gateway. */
  private long left(One one, long day) {
    return left(one, Level.KEY, "key_1", day);
  }

  private long left(One one, Level level, String holder, long day) {
    return one.billing.left(limited(level, holder, day));
  }

  private Key limited(Level level, String holder, long day) {
    Key bare = key();
    var limits = new Limits(0, 0, 0, 0, day, 0);
    return new Key(
        bare.id(),
        bare.name(),
        bare.hint(),
        bare.revoked(),
        bare.expiresMs(),
        bare.account(),
        List.of(new Scope(level, "k", holder, limits)));
  }

  @Test
  void whatAnotherGatewayHasSpentCountsOnceForLimitsOfSpending() throws IOException {
    topUp(100_000);
    insertKey();
    One one = gateway();
    long before = one.run(100, 50);
    written(one);
    new LimitStore(store.dataSource(), "test")
        .change(Level.KEY, "key_1", its -> new Limits(9, 0, 0, 0, 1_000, 0));
    one.look();
    assertThat(left(one, 1_000)).as("its own").isEqualTo(1_000 - before);
    One other = gateway();
    other.elsewhere.look(other.billing);
    assertThat(left(other, 1_000)).as("from before").isEqualTo(1_000 - before);

    long there = other.run(100, 100);
    written(other);
    for (int look = 0; look < 3; look++) {
      one.elsewhere.look(one.billing);
      other.elsewhere.look(other.billing);
      assertThat(left(one, 1_000)).isEqualTo(1_000 - before - there);
      assertThat(left(other, 1_000)).isEqualTo(1_000 - before - there);
    }
    long here = one.run(100, 20);
    written(one);
    other.elsewhere.look(other.billing);
    assertThat(left(one, 1_000)).isEqualTo(1_000 - before - there - here);
    assertThat(left(other, 1_000)).isEqualTo(1_000 - before - there - here);

    One third = gateway();
    third.elsewhere.look(third.billing);
    assertThat(left(third, 1_000)).isEqualTo(1_000 - before - there - here);
  }

  @Test
  void aClockThatIsSetBackTellsNothingTwice() throws IOException {
    topUp(100_000);
    insertKey();
    new LimitStore(store.dataSource(), "test")
        .change(Level.KEY, "key_1", _ -> new Limits(9, 0, 0, 0, 1_000, 0));
    var now = new AtomicReference<>(Instant.now());
    One one = new One(0, now::get);
    gateways.add(one);
    One other = gateway();
    long spent = other.run(100, 100);
    written(other);
    for (int seconds : new int[] {0, 60, -60, 0, 0}) {
      now.updateAndGet(before -> before.plusSeconds(seconds));
      one.elsewhere.look(one.billing);
      assertThat(left(one, 1_000)).isEqualTo(1_000 - spent);
    }
  }

  @Test
  void aLimitThatComesLaterKnowsWhatAllHaveSpentBefore() throws IOException {
    topUp(100_000);
    insertKey();
    One one = gateway();
    One other = gateway();
    long spent = one.run(100, 50) + other.run(100, 60);
    written(one);
    written(other);
    for (One each : gateways) {
      each.elsewhere.look(each.billing);
    }
    spent += other.run(100, 70);
    written(other);
    var limits = new LimitStore(store.dataSource(), "test");
    limits.change(Level.KEY, "key_1", _ -> new Limits(9, 0, 0, 0, 1_000, 0));
    for (One each : gateways) {
      each.look();
      each.elsewhere.look(each.billing);
      assertThat(left(each, 1_000)).isEqualTo(1_000 - spent);
    }
    limits.change(Level.ORGANISATION, organisation, _ -> new Limits(0, 0, 0, 0, 900, 0));
    spent += one.run(100, 10);
    written(one);
    for (One each : gateways) {
      each.look();
      each.elsewhere.look(each.billing);
      assertThat(left(each, 1_000)).isEqualTo(1_000 - spent);
      assertThat(left(each, Level.ORGANISATION, organisation, 900)).isEqualTo(900 - spent);
    }
  }

  private void insertKey() {
    execute(
        "INSERT INTO keys (id, name, hint, sha256, requests_per_minute, created_ms, project_id)"
            + " VALUES ('key_1', 'k', 'h', "
            + Stores.bytes("00")
            + ", 9, 0, '"
            + project
            + "')");
  }

  @Test
  void anOverdraftIsLeasedToo() throws IOException {
    One one = gateway();
    assertThat(one.run(8, 10)).isZero();
    assertThat(one.refusals).containsExactly("quota_exceeded");
    accounts.setPlan("small", null, 1_000);
    accounts.change("acme", new AccountStore.Change(new To<>("small"), null, null));
    one.look();
    long spent = 0;
    for (long more = 1; more > 0; spent += more) {
      more = one.run(8, 10_000);
      assertThat(one.available()).isNotNegative();
    }
    written(one);
    assertThat(balance()).isEqualTo(-spent).isBetween(-1_000L, -990L);
    assertThat(one.refusals).containsExactly("quota_exceeded", "quota_exceeded");
  }

  @Test
  void aTopUpCountsAtOnceAndOwnChargesAreNotForgotten() throws IOException {
    topUp(100);
    One one = gateway();
    assertThat(one.run(40, 0)).isEqualTo(10);
    topUp(50);
    one.look();
    await().untilAsserted(() -> assertThat(one.available()).isEqualTo(140));
    topUp(-100);
    one.look();
    await().untilAsserted(() -> assertThat(one.available()).isEqualTo(40));
    written(one);
    assertThat(leased()).isEqualTo(balance()).isEqualTo(40);
  }

  /**
   * The end of a request gives back to it what it held: that may be gone from the store by then.
   */
  @Test
  void whatIsTakenFromABalanceWhileItIsHeldIsNotSpentAfterwards() throws IOException {
    topUp(10 * SLICE);
    One one = gateway();
    List<Bill> running = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      running.add(one.running(8));
    }
    long held = one.billing.held();
    topUp(-9 * SLICE);
    one.look();
    await().untilAsserted(() -> assertThat(one.available()).isEqualTo(SLICE - held));
    assertThat(leased()).isEqualTo(balance()).isEqualTo(SLICE);
    running.forEach(bill -> one.end(bill, new Usage(2, 10, 0, true)));
    written(one);
    assertThat(one.available()).isEqualTo(leased()).isEqualTo(balance()).isEqualTo(SLICE - 9 * 22);
    long spent = 0;
    for (long more = 1; more > 0; spent += more) {
      more = one.run(8, 1_000);
    }
    written(one);
    assertThat(spent).isBetween(SLICE - 9 * 22 - 4, SLICE - 9 * 22);
    assertThat(balance()).isNotNegative();
  }

  /** An answer that cost more than was held, as one whose target told its tokens late. */
  @Test
  void whatOneGatewayOwesNoOtherSpends() throws IOException {
    topUp(4 * SLICE);
    One first = gateway();
    One second = gateway();
    assertThat(first.run(8, 1)).isEqualTo(4);
    assertThat(second.run(8, 1)).isEqualTo(4);
    Bill dear = first.running(8);
    first.end(dear, new Usage(2, 3_000, 0, false));
    written(first, second);
    long owed = -balance();
    assertThat(owed).isPositive();

    topUp(owed + 2 * SLICE);
    second.look();
    first.look();
    long spent = 0;
    for (One one : List.of(second, first)) {
      for (long more = 1; more > 0; spent += more) {
        more = one.run(8, 1);
      }
    }
    written(first, second);
    assertThat(spent).isGreaterThan(SLICE);
    assertThat(balance()).isEqualTo(2 * SLICE - spent).isGreaterThanOrEqualTo(0);
  }

  @Test
  void aSecondGatewayGetsWhatTheFirstDoesNotHold() throws IOException {
    topUp(100_000);
    One first = gateway();
    assertThat(first.run(8, 1)).isEqualTo(4);
    Bill running = first.running(8);
    One second = gateway();
    assertThat(second.run(8, 10)).isEqualTo(22);
    assertThat(second.refusals).isEmpty();
    assertThat(first.available()).isPositive().isLessThan(60_000);
    assertThat(first.end(running, new Usage(2, 0, 0, true))).isEqualTo(2);
    written(first, second);
    assertThat(leased()).isLessThanOrEqualTo(balance());
  }

  /** Each in turn asks for the most it can get: all is spent, and nobody is refused before. */
  @Test
  void theLastSliceIsSpentWhereverItLies() throws IOException {
    long granted = 40 * SLICE;
    topUp(granted);
    List<One> three = List.of(gateway(), gateway(), gateway());
    three.forEach(one -> one.run(8, 1));
    long spent = 3 * 4;
    for (One one : three) {
      for (long more = 1; more > 0; spent += more) {
        more = one.run(8, 300);
        assertThat(one.billing.held()).isZero();
      }
      if (one == three.getFirst()) {
        assertThat(spent).as("it got what lay idle at the others").isGreaterThan(granted - SLICE);
      }
    }
    written(three.toArray(One[]::new));
    assertThat(balance()).isEqualTo(granted - spent).isBetween(-3 * SLICE, SLICE);
  }

  /** Whoever lacked something once would otherwise get for ever what another one works with. */
  @Test
  void whoHasGivenUpLacksNothingAnyMore() throws IOException {
    topUp(2 * SLICE);
    One first = gateway();
    Bill running = first.running(8);
    One second = gateway();
    second.running(8);
    assertThat(second.opened(2_000)).isNull();
    assertThat(second.refusals).as("what the first one holds").containsExactly("balance_unknown");
    await().untilAsserted(() -> assertThat(number("SELECT max(wanted) FROM leases")).isZero());
    first.end(running, new Usage(2, 0, 0, true));
    assertThat(first.run(8, 1)).isEqualTo(4);
    assertThat(first.available()).isPositive();
  }

  /** A stopped gateway gives nothing back, and its lease has not ended. */
  @Test
  void whatAnotherGatewayHasIsNotUsedUp() throws IOException {
    topUp(10_000);
    execute("INSERT INTO gateways VALUES ('stopped', 9999999999999)");
    execute("INSERT INTO leases VALUES ('" + organisation + "', 'stopped', 10000, 0)");
    One one = gateway();
    assertThat(one.run(8, 1)).isZero();
    assertThat(one.run(8, 1)).isZero();
    assertThat(one.refusals).containsExactly("balance_unknown", "balance_unknown");
    execute("DELETE FROM leases WHERE gateway_id = 'stopped'");
    topUp(-10_000);
    one.look();
    await().until(() -> one.run(8, 1) == 0 && "quota_exceeded".equals(one.lastRefusal()));
  }

  @Test
  void aFallbackThatAloneMayAnswerIsWaitedFor() throws IOException {
    accounts.setPrice("dear", 9 * MILLION, 9 * MILLION, 9 * MILLION, 18 * MILLION, 0, null);
    topUp(10 * SLICE);
    One first = gateway();
    assertThat(first.run(8, 1)).isEqualTo(4);
    One second = gateway();
    Bill bill = second.running(8);
    assertThat(bill.uncovered()).isNull();
    assertThat(bill.allows("dear")).isFalse();
    var wait = (Unfunded) Objects.requireNonNull(bill.uncovered());
    assertThat(second.billing.held()).isZero();
    var done = new CompletableFuture<@Nullable Void>();
    wait.await(() -> done.complete(null));
    done.orTimeout(5, TimeUnit.SECONDS).join();
    bill.reserve("m", request(8));
    assertThat(bill.allows("dear")).isTrue();
    assertThat(bill.uncovered()).isNull();
    bill.settle("dear", Usage.NONE);
    assertThat(second.billing.held()).isZero();
  }

  @Test
  void aDeadGatewaysLeasesAreFreeBehindTheirEndOrAtItsNewStart() throws IOException {
    topUp(10_000);
    execute("INSERT INTO gateways VALUES ('dead', 1), ('1', 9999999999999)");
    execute("INSERT INTO leases VALUES ('" + organisation + "', 'dead', 4000, 0)");
    execute("INSERT INTO leases VALUES ('" + organisation + "', '1', 6000, 0)");
    One one = gateway();
    assertThat(one.run(8, 1)).isEqualTo(4);
    assertThat(one.available()).isEqualTo(10_000 - 4);
  }

  @Test
  void whoWasTakenForDeadBeginsAnew() throws IOException {
    topUp(10_000);
    One one = gateway();
    Bill running = one.running(8);
    long held = one.billing.held();
    execute("DELETE FROM gateways");
    assertThat(leased()).isZero();
    await().atMost(Duration.ofSeconds(10)).until(() -> leased() == 10_000);
    await().untilAsserted(() -> assertThat(one.available()).isEqualTo(10_000 - held));
    assertThat(one.run(8, 1)).isEqualTo(4);
    for (int i = 0; i < 3 * OpenBill.SLICE_TOKENS; i++) {
      assertThat(running.spend("m")).as("a running answer goes on").isNull();
    }
    one.end(running, new Usage(2, 3 * OpenBill.SLICE_TOKENS, 0, true));
    written(one);
    assertThat(leased()).isEqualTo(balance()).isEqualTo(10_000 - 4 - 2 - 3 * SLICE);
  }

  @Test
  void whileTheStoreIsAwayLeasesAreUsedAndNewOnesAreNotKnown() throws Exception {
    topUp(100_000);
    var one = new One(2_000);
    gateways.add(one);
    assertThat(one.run(8, 1)).isEqualTo(4);
    gateways.add(new One(0));
    One second = gateways.getLast();
    assertThat(second.run(8, 1)).isEqualTo(4);
    try (Connection locked = store.dataSource().getConnection()) {
      locked.setAutoCommit(false);
      locked.createStatement().executeUpdate("UPDATE used SET amount = amount");
      assertThat(one.run(8, 5)).as("covered by the lease").isEqualTo(12);
      Bill rest = one.running((int) one.available() - (int) SLICE);
      assertThat(one.opened(8)).isNull();
      assertThat(one.refusals).containsExactly("balance_unknown");
      int written = 0;
      while (rest.spend("m") == null) {
        written++;
      }
      assertThat(written).isBetween(1_000, 1_000 + OpenBill.SLICE_TOKENS);
      one.end(rest, new Usage(10, written, 0, true));
      locked.rollback();
    }
    written(one, second);
    await().untilAsserted(() -> assertThat(one.run(8, 1)).isEqualTo(4));
  }

  /** Any number of requests at three gateways: together they never spend more than there is. */
  @Test
  void manyAtOnceNeverSpendMoreThanThereIs() throws Exception {
    List<One> three = List.of(gateway(), gateway(), gateway());
    try (ExecutorService loops = Executors.newFixedThreadPool(6)) {
      Cases.times(
          6,
          seed -> {
            long before = balance();
            long granted = seed.nextLong(1, 200_000);
            topUp(granted - before == 0 ? 1 : granted - before);
            granted = balance();
            three.forEach(One::look);
            var paid = new AtomicLong();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
              One its = three.get(i % 3);
              RandomGenerator random = Cases.of(seed.nextLong());
              running.add(
                  loops.submit(
                      () -> {
                        for (int j = 0; j < 60; j++) {
                          paid.addAndGet(its.run(random.nextInt(400), random.nextInt(900)));
                        }
                      }));
            }
            for (Future<?> each : running) {
              each.get();
            }
            written(three.toArray(One[]::new));
            assertThat(balance()).isEqualTo(granted - paid.get());
            assertThat(balance()).isGreaterThanOrEqualTo(-3 * SLICE);
            for (One one : three) {
              assertThat(one.billing.held()).isZero();
              assertThat(one.refusals).isSubsetOf("quota_exceeded", "balance_unknown");
              one.refusals.clear();
            }
            assertThat(leased())
                .isEqualTo(three.stream().mapToLong(One::available).sum())
                .isLessThanOrEqualTo(Math.max(0, balance()));
          });
    }
  }

  @Test
  void aCustomersBalanceIsTheStoresLessWhatIsHeld() throws IOException {
    topUp(10_000);
    One one = gateway();
    One other = gateway();
    var store = new CustomerStore(this.store.dataSource());
    assertThat(other.run(8, 1)).isEqualTo(4);
    Bill running = one.running(8);
    long held = one.billing.held();
    var standing =
        one.billing.standing(
            organisation, () -> store.unleased(organisation, one.ledger.gateway()));
    written(other);
    assertThat(standing.granted()).isEqualTo(10_000);
    assertThat(standing.held()).isEqualTo(held);
    assertThat(standing.available()).isEqualTo(10_000 - 4 - held);
    one.end(running, Usage.NONE);
  }
}
