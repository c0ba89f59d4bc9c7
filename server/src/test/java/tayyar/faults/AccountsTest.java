package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Offer;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Movements;
import tayyar.api.Target;
import tayyar.api.To;
import tayyar.keys.KeyStore;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.store.Store;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/**
 * What requests cost, for each way they end: what the client sees, what the target sees, and what
 * ledger and balance say. A token read costs one billionth, a token written two.
 */
class AccountsTest {
  private static final long READ = 1;
  private static final long WRITTEN = 2;
  private static final long MILLION = 1_000_000;

  private final TestFleet fleet;
  private final Store store;
  private final AccountStore accounts;
  private final Movements movements;

  AccountsTest() throws IOException {
    fleet = TestFleet.start(List.of("tokens=5", "tokens=5"), AccountsTest::offers);
    store = Stores.open(fleet.database());
    accounts = new AccountStore(store.dataSource());
    movements = new Movements(store.dataSource());
  }

  /** The model, and another one that answers where its target fails. */
  private static List<Offer> offers(List<Target> targets) {
    Fleet.Rules plain = TestFleet.rules();
    var rules =
        new Fleet.Rules(plain.policy(), List.of("other"), 100, Streams.WANTED, TestFleet.QUICK);
    return List.of(
        TestFleet.model(TestFleet.MODEL, rules, targets.subList(0, 1)),
        TestFleet.model("other", plain, targets.subList(1, 2)));
  }

  @AfterEach
  void close() {
    fleet.awaitNothingHeld();
    store.close();
    fleet.close();
  }

  /** The default organisation pays from now on, with this balance. */
  private void pays(long balance) throws IOException {
    accounts.setPrice(
        TestFleet.MODEL,
        READ * MILLION,
        READ * MILLION,
        READ * MILLION,
        WRITTEN * MILLION,
        0,
        null);
    if (balance > 0) {
      movements.add("org_default", Movements.Kind.TOP_UP, balance, "", null, "test");
    }
    accounts.changePays("default", true);
    known();
  }

  /** What was written before is known to the gateway: a key that is made now is, too. */
  private void known() throws IOException {
    fleet.newKey();
  }

  private long balance() {
    return accounts.organisation("default").balance();
  }

  private Response ask(String words, boolean stream) throws IOException {
    return fleet.chat(
        stream
            ? Requests.chatWithUsage(TestFleet.MODEL, "[[" + words + "]]")
            : Requests.chat(TestFleet.MODEL, "[[" + words + "]]", false));
  }

  private static long cost(LedgerRow row) {
    return READ * row.promptTokens() + WRITTEN * row.completionTokens();
  }

  /** The amount of a row, once it is there; -1 where it has none. */
  private long amount(LedgerRow row) {
    try (Connection on = store.dataSource().getConnection();
        PreparedStatement ask =
            on.prepareStatement("SELECT amount FROM requests WHERE request_id = ?")) {
      ask.setString(1, row.requestId());
      try (ResultSet rows = ask.executeQuery()) {
        rows.next();
        long amount = rows.getLong(1);
        return rows.wasNull() ? -1 : amount;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its row costs what its tokens do, and nothing else has moved. */
  private void assertPaid(LedgerRow row, long before) {
    assertThat(amount(row)).isEqualTo(cost(row));
    assertThat(balance()).isEqualTo(before - cost(row));
  }

  private static void assertRefused(Response response, int status, String code) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerCostsItsTokens(boolean stream) throws IOException {
    pays(1_000_000);
    Response response = ask("tokens=9", stream);
    assertThat(response.status()).isEqualTo(200);
    LedgerRow row = fleet.row(response);
    assertThat(row.completionTokens()).isEqualTo(9);
    assertPaid(row, 1_000_000);
  }

  @Test
  void whoDoesNotPayIsAnsweredWithoutAPrice() throws IOException {
    Response response = ask("tokens=3", true);
    assertThat(amount(fleet.row(response))).isEqualTo(-1);
    assertThat(balance()).isZero();
  }

  @Test
  void anAnswerEndsCleanlyWhereTheBalanceDoesAndTheNextReachesNoTarget() throws IOException {
    pays(1_200);
    Response response = ask("tokens=5000", true);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text())
        .endsWith("data: [DONE]\n\n")
        .contains("\"finish_reason\":\"length\"");

    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo("out_of_balance");
    assertThat(row.status()).isEqualTo(200);
    assertThat(row.estimated()).isTrue();
    assertThat(row.completionTokens()).isBetween(300, 600);
    assertPaid(row, 1_200);
    assertThat(balance()).isBetween(0L, 100L);

    long asked = fleet.simulator(0).requests();
    Response next = ask("tokens=1 long long long long long long long long long long long", true);
    while (next.status() == 200) {
      asked++;
      next = ask("tokens=200", true);
    }
    assertRefused(next, 402, "quota_exceeded");
    assertThat(fleet.simulator(0).requests()).isEqualTo(asked);
    assertThat(amount(fleet.row(next))).isEqualTo(-1);
    assertThat(balance()).isNotNegative();
  }

  @Test
  void aWholeAnswerThatIsNotCoveredIsStreamedFromItsTarget() throws IOException {
    pays(1_200);
    Response response = ask("tokens=5000", false);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.json().at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(fleet.simulator(0).next(TestGateway.SOON).body().path("stream").asBoolean())
        .isTrue();
    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo("out_of_balance");
    assertPaid(row, 1_200);
  }

  @Test
  void whoLeavesPaysWhatHadCome() throws IOException {
    pays(1_000_000);
    try (var client = fleet.connect()) {
      var body = Requests.chat(TestFleet.MODEL, "[[tokens=9 hold@4]]", true).toString();
      client.send(Requests.post(fleet.key(), body));
      var upstream = fleet.simulator(0).next(TestGateway.SOON);
      upstream.awaitHeld(TestGateway.SOON);
      client.reset();
      upstream.awaitEnd(TestGateway.SOON);
    }
    LedgerRow row = fleet.rowOfWhoLeft();
    assertThat(row.completionTokens()).isPositive();
    assertThat(row.estimated()).isTrue();
    assertPaid(row, 1_000_000);
  }

  @Test
  void aTargetThatBreaksOffIsPaidForWhatTheClientGot() throws IOException {
    pays(1_000_000);
    LedgerRow row = fleet.row(ask("tokens=9 cut@4", true));
    assertThat(row.outcome()).isEqualTo("failed");
    assertThat(row.completionTokens()).isEqualTo(4);
    assertPaid(row, 1_000_000);
  }

  /** The price is the one of who answers; a fallback without a price is none. */
  @Test
  void aFallbackCostsItsOwnPrice() throws IOException {
    pays(1_000_000);
    fleet.simulator(0).refusing(true);
    assertThat(ask("tokens=2", true).status()).isEqualTo(503);
    assertThat(balance()).isEqualTo(1_000_000);

    accounts.setPrice("other", 10 * MILLION, 10 * MILLION, 10 * MILLION, 0, 7, null);
    known();
    Awaitility.await()
        .atMost(TestGateway.SOON)
        .until(
            () -> {
              Response response = ask("tokens=2", true);
              if (response.status() != 200) {
                return false;
              }
              LedgerRow row = fleet.row(response);
              return row.target().equals("t1") && amount(row) == 10L * row.promptTokens() + 7;
            });
  }

  @Test
  void aModelWithoutAPriceIsNeverFree() throws IOException {
    accounts.changePays("default", true);
    movements.add("org_default", Movements.Kind.GRANT, 100, "", null, "test");
    known();
    Response response = ask("tokens=1", true);
    assertRefused(response, 503, "no_price");
    assertThat(fleet.simulator(0).requests()).isZero();
    assertThat(fleet.row(response).status()).isEqualTo(503);
  }

  @Test
  void anEmptyBalanceRefusesTheFirstRequest() throws IOException {
    pays(0);
    assertRefused(ask("tokens=1", true), 402, "quota_exceeded");
    movements.add("org_default", Movements.Kind.TOP_UP, 1_000_000, "", "once", "test");
    movements.add("org_default", Movements.Kind.TOP_UP, 1_000_000, "", "once", "test");
    known();
    assertPaid(fleet.row(ask("tokens=1", true)), 1_000_000);
  }

  /** Codex asks again after 402, Claude Code shows it. */
  @Test
  void anEmptyBalanceHasTheFormOfEachDialect() throws IOException {
    pays(0);
    String input = "{\"model\":\"pair\",\"input\":\"x\"}";
    Response response = fleet.send(Requests.post("/v1/responses", fleet.key(), input, ""));
    assertRefused(response, 429, "insufficient_quota");
    assertThat(response.error().path("type").asString()).isEqualTo("insufficient_quota");
    assertThat(fleet.row(response).status()).isEqualTo(429);

    String messages = "{\"model\":\"pair\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    Response message = fleet.send(Requests.post("/v1/messages", fleet.key(), messages, ""));
    assertThat(message.status()).isEqualTo(402);
    assertThat(message.json().path("error").path("type").asString()).isEqualTo("billing_error");
    assertThat(fleet.row(message).status()).isEqualTo(402);
    assertThat(fleet.simulator(0).requests()).isZero();
  }

  /** A lock on the database, as a slow disk or a stuck process has it. */
  private Connection away() throws SQLException {
    Connection lock = store.dataSource().getConnection();
    lock.setAutoCommit(false);
    lock.createStatement().executeUpdate("UPDATE currency SET code = code");
    return lock;
  }

  /**
   * A key of an organisation that pays and has not asked for anything: no gateway has a part of its
   * money yet.
   */
  private String coldKey() throws IOException {
    accounts.createOrganisation("cold", null, true, ZoneId.of("Africa/Cairo"));
    movements.add(
        accounts.organisation("cold").id(), Movements.Kind.TOP_UP, 1_000_000, "", null, "test");
    var terms = new KeyStore.Terms(accounts.project("cold").id(), null, null);
    String key = new KeyStore(store.dataSource()).create("cold", 100_000, terms).secret();
    pays(1_000_000);
    return key;
  }

  @Test
  void aBalanceThatCannotBeReadIsToldInTimeAndNoTargetIsAsked() throws Exception {
    String key = coldKey();
    String body = Requests.chat(TestFleet.MODEL, "[[tokens=1]]", true).toString();
    Response refused;
    try (Connection lock = away()) {
      refused = fleet.send(Requests.post(key, body));
      assertRefused(refused, 503, "balance_unknown");
      assertThat(refused.field("Retry-After")).isEqualTo("1");
      assertThat(fleet.simulator(0).requests()).isZero();
      lock.rollback();
    }
    assertThat(amount(fleet.row(refused))).isEqualTo(-1);
    Awaitility.await()
        .atMost(TestGateway.SOON)
        .until(() -> fleet.send(Requests.post(key, body)).status() == 200);
  }

  @Test
  void whoLeavesWhileHisBalanceIsReadHoldsNothing() throws Exception {
    String key = coldKey();
    fleet.awaitNothingHeld();
    try (Connection lock = away();
        var client = fleet.connect()) {
      var body = Requests.chat(TestFleet.MODEL, "[[tokens=1]]", true).toString();
      client.send(Requests.post(key, body));
      Awaitility.await().until(() -> fleet.gauge("tayyar_journal_rows") == 1);
      client.reset();
      Awaitility.await().until(() -> fleet.gauge("tayyar_ledger_waiting") == 1);
      lock.rollback();
    }
    assertThat(fleet.rowOfWhoLeft().outcome()).isEqualTo("client_gone");
    assertThat(accounts.organisation("cold").balance()).isEqualTo(1_000_000);
    assertThat(fleet.simulator(0).requests()).isZero();
  }

  @Test
  void answersGoOnWhileTheStoreIsAwayAndAreBookedBehindIt() throws Exception {
    pays(1_000_000);
    assertThat(ask("tokens=1", true).status()).isEqualTo(200);
    Response response;
    try (Connection lock = away()) {
      response = ask("tokens=700", true);
      assertThat(response.text()).endsWith("data: [DONE]\n\n");
      lock.rollback();
    }
    LedgerRow row = fleet.row(response);
    assertThat(row.completionTokens()).isEqualTo(700);
    assertThat(amount(row)).isEqualTo(cost(row));
  }

  /** A gateway that others took for dead, and whose leases are theirs. */
  @Test
  void anAnswerOutlivesItsLeaseAndIsPaid() throws Exception {
    pays(1_000_000);
    try (var client = fleet.connect()) {
      var body = Requests.chat(TestFleet.MODEL, "[[tokens=600 hold@4]]", true).toString();
      client.send(Requests.post(fleet.key(), body));
      var upstream = fleet.simulator(0).next(TestGateway.SOON);
      upstream.awaitHeld(TestGateway.SOON);
      try (Connection on = store.dataSource().getConnection()) {
        on.createStatement().executeUpdate("DELETE FROM gateways");
      }
      upstream.release();
      Response response = client.response();
      assertThat(response.text()).endsWith("data: [DONE]\n\n");
      LedgerRow row = fleet.row(response);
      assertThat(row.outcome()).isEqualTo("completed");
      assertThat(row.completionTokens()).isEqualTo(600);
      assertPaid(row, 1_000_000);
    }
  }

  @Test
  void aSuspendedOrganisationIsRefusedUntilItGoesOn() throws IOException {
    accounts.suspend("default", true);
    Awaitility.await()
        .atMost(TestGateway.SOON)
        .untilAsserted(() -> assertRefused(ask("tokens=1", true), 403, "organisation_suspended"));
    accounts.suspend("default", false);
    known();
    assertThat(ask("tokens=1", true).status()).isEqualTo(200);
  }

  @Test
  void aModelThatIsNotOnThePlanIsRefusedUnderEachOfItsNames() throws IOException {
    accounts.setPlan("small", List.of("other"), 0);
    accounts.change("default", new AccountStore.Change(new To<>("small"), null, null));
    known();
    Response response = ask("tokens=1", true);
    assertRefused(response, 403, "model_not_allowed");
    var alias = Requests.chat(TestFleet.MODEL + "-alias", "hi", true);
    assertRefused(fleet.chat(alias), 403, "model_not_allowed");
    assertThat(fleet.chat(Requests.chat("other-alias", "[[tokens=1]]", true)).status())
        .isEqualTo(200);
    assertThat(fleet.simulator(0).requests()).isZero();
  }

  @Test
  void anAliasCostsItsModelsPrice() throws IOException {
    pays(1_000_000);
    Response response = fleet.chat(Requests.chat(TestFleet.MODEL + "-alias", "[[tokens=4]]", true));
    assertPaid(fleet.row(response), 1_000_000);
  }

  /** A running answer ends with its own error, and is paid for as far as it came. */
  private void assertEndsWhileRunning(String code, Runnable what) throws IOException {
    try (var client = fleet.connect()) {
      var body = Requests.chat(TestFleet.MODEL, "[[tokens=9 hold@4]]", true).toString();
      client.send(Requests.post(fleet.key(), body));
      var upstream = fleet.simulator(0).next(TestGateway.SOON);
      upstream.awaitHeld(TestGateway.SOON);
      what.run();
      Response response = client.response();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text())
          .endsWith("data: [DONE]\n\n")
          .contains("\"code\":\"" + code + "\"");
      upstream.awaitEnd(TestGateway.SOON);
      LedgerRow row = fleet.row(response);
      assertThat(row.outcome()).isEqualTo("failed");
      assertThat(row.completionTokens()).isEqualTo(4);
      assertPaid(row, 1_000_000);
    }
  }

  @Test
  void aSuspensionEndsWhatIsRunning() throws IOException {
    pays(1_000_000);
    assertEndsWhileRunning("organisation_suspended", () -> accounts.suspend("default", true));
    assertRefused(ask("tokens=1", true), 403, "organisation_suspended");
  }

  @Test
  void theEndOfAKeyEndsWhatIsRunning() throws IOException {
    pays(1_000_000);
    assertEndsWhileRunning("key_expired", () -> expires(fleet.keyId()));
    assertRefused(ask("tokens=1", true), 401, "key_expired");
  }

  private void expires(String keyId) {
    Instant soon = Instant.now().plusMillis(50);
    new KeyStore(store.dataSource())
        .change(keyId, new KeyStore.Change(null, null, null, new To<>(soon), null));
  }
}
