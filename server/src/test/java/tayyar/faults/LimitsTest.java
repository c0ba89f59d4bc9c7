package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Offer;
import tayyar.accounts.AccountStore;
import tayyar.accounts.LimitStore;
import tayyar.accounts.Movements;
import tayyar.api.Limits;
import tayyar.api.Scope.Level;
import tayyar.api.Target;
import tayyar.api.To;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** Each limit at each level: what the client sees, what the target sees, what the ledger says. */
class LimitsTest {
  private static final long MILLION = 1_000_000;

  private final TestFleet fleet;
  private final Store store;
  private final AccountStore accounts;
  private final LimitStore limits;
  private final KeyStore keys;

  LimitsTest() throws IOException {
    fleet = TestFleet.start(List.of("tokens=5"), LimitsTest::offers);
    store = Stores.open(fleet.database());
    accounts = new AccountStore(store.dataSource());
    limits = new LimitStore(store.dataSource());
    accounts.setPlan("small", null, 0);
    accounts.change("default", new AccountStore.Change(new To<>("small"), null, null));
    accounts.createOrganisation("others", null, false, AccountStore.zone("UTC"));
    keys = new KeyStore(store.dataSource());
  }

  private static List<Offer> offers(List<Target> targets) {
    return List.of(TestFleet.model(TestFleet.MODEL, TestFleet.rules(), targets));
  }

  @AfterEach
  void close() {
    fleet.awaitNothingHeld();
    store.close();
    fleet.close();
  }

  private void limit(Level level, UnaryOperator<Limits> change) {
    String which =
        switch (level) {
          case KEY -> fleet.keyId();
          case PROJECT -> "default/default";
          case ORGANISATION -> "default";
          case PLAN -> "small";
        };
    limits.change(level, which, change);
    known();
  }

  /**
   * What was written before is known to the gateway: a key of another organisation that is made now
   * is, too.
   */
  private void known() {
    String project = accounts.project("others").id();
    String key = keys.create("", 100_000, new KeyStore.Terms(project, null, null)).secret();
    Awaitility.await()
        .atMost(TestGateway.SOON)
        .until(() -> fleet.send(Requests.post(key, "")).status() == 400);
  }

  private void pays() {
    accounts.setPrice(TestFleet.MODEL, MILLION, MILLION, MILLION, 2 * MILLION, 0, null);
    new Movements(store.dataSource())
        .add("org_default", Movements.Kind.TOP_UP, 1_000_000, "", null, "test");
    accounts.changePays("default", true);
    known();
  }

  private Response ask(String words, boolean stream) throws IOException {
    return fleet.chat(Requests.chat(TestFleet.MODEL, "[[" + words + "]]", stream));
  }

  private void assertRefused(Response response, int status, String code) throws IOException {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
    LedgerRow row = fleet.row(response);
    assertThat(row.status()).isEqualTo(status);
    assertThat(row.completionTokens()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void requestsOfAMinute(Level level) throws IOException {
    limit(level, _ -> Limits.ofRequests(2));
    Response first = ask("tokens=1", true);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.field("X-RateLimit-Limit-Requests")).isEqualTo("2");
    assertThat(first.field("X-RateLimit-Remaining-Requests")).isEqualTo("1");
    assertThat(first.field("X-RateLimit-Reset-Requests")).matches("(59|60)s");
    assertThat(ask("tokens=1", false).field("X-RateLimit-Remaining-Requests")).isEqualTo("0");

    Response refused = ask("tokens=1", true);

    assertRefused(refused, 429, "rate_limit_exceeded");
    assertThat(refused.error().path("message").asString()).contains(level.word());
    assertThat(Integer.parseInt(refused.field("Retry-After"))).isBetween(50, 60);
    assertThat(fleet.simulator(0).requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void tokensOfAMinute(Level level) throws IOException {
    limit(level, its -> new Limits(its.requestsPerMinute(), 2_000, 0, 0, 0, 0));
    Response first = ask("tokens=50", true);
    assertThat(first.field("X-RateLimit-Limit-Tokens")).isEqualTo("2000");
    assertThat(Integer.parseInt(first.field("X-RateLimit-Remaining-Tokens"))).isBetween(950, 976);
    int used = fleet.row(first).promptTokens() + 50;

    Response second = ask("tokens=1000", false);
    assertThat(second.field("X-RateLimit-Remaining-Tokens"))
        .as("of the first its real number counts")
        .matches("9[0-9][0-9]");
    assertThat(Integer.parseInt(second.field("X-RateLimit-Remaining-Tokens")))
        .isGreaterThan(2_000 - 1_024 - used - 20);

    Response refused = ask("tokens=1", true);

    assertRefused(refused, 429, "token_limit_exceeded");
    assertThat(refused.error().path("message").asString()).contains(level.word());
    assertThat(Integer.parseInt(refused.field("Retry-After"))).isBetween(50, 60);
    assertThat(fleet.simulator(0).requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void requestsAtOnce(Level level) throws IOException {
    limit(level, its -> new Limits(its.requestsPerMinute(), 0, 1, 0, 0, 0));
    try (var client = fleet.connect()) {
      var body = Requests.chat(TestFleet.MODEL, "[[tokens=9 hold@4]]", true).toString();
      client.send(Requests.post(fleet.key(), body));
      var upstream = fleet.simulator(0).next(TestGateway.SOON);
      upstream.awaitHeld(TestGateway.SOON);
      Response refused = ask("tokens=1", true);
      assertRefused(refused, 429, "too_many_requests_at_once");
      assertThat(refused.field("Retry-After")).isEqualTo("1");
      client.reset();
      upstream.awaitEnd(TestGateway.SOON);
    }
    Awaitility.await().atMost(TestGateway.SOON).until(() -> ask("tokens=1", true).status() == 200);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tokensOfARequestEndItAtItsLength(boolean stream) throws IOException {
    limit(Level.PLAN, _ -> new Limits(0, 0, 0, 40, 0, 0));
    Response response = ask("tokens=500", stream);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).contains("\"finish_reason\":\"length\"");
    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.completionTokens()).isBetween(30, 40);

    assertRefused(ask("tokens=1 " + "long ".repeat(60), stream), 400, "request_too_large");
    assertThat(fleet.simulator(0).requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void moneyOfADay(Level level) throws IOException {
    pays();
    limit(level, its -> new Limits(its.requestsPerMinute(), 0, 0, 0, 1_000, 0));
    Response response = ask("tokens=5000", true);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text())
        .endsWith("data: [DONE]\n\n")
        .contains("\"finish_reason\":\"length\"");
    assertThat(fleet.row(response).outcome()).isEqualTo("out_of_balance");

    Response refused = ask("tokens=2", true);
    while (refused.status() == 200) {
      refused = ask("tokens=200", true);
    }
    assertRefused(refused, 402, "spend_limit_reached");
    assertThat(refused.error().path("message").asString()).contains(level.word());
    assertThat(accounts.organisation("default").used()).isBetween(900L, 1_000L);
  }

  /** The sums are those of the ledger, so they outlive the server. */
  @Test
  void aNewServerKnowsWhatTheDayHasCost() throws IOException {
    pays();
    Response response = ask("tokens=300", true);
    assertThat(fleet.row(response).completionTokens()).isEqualTo(300);
    limits.change(Level.ORGANISATION, "default", _ -> new Limits(0, 0, 0, 0, 0, 500));
    fleet.restart();
    assertRefused(ask("tokens=1", true), 402, "spend_limit_reached");
  }
}
