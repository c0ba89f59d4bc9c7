package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Movements;
import tayyar.accounts.Reconciliation;
import tayyar.api.Money;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers tell what they cost, where their clients ask, with all digits: what the client is told is
 * what the row says. A token read costs a billionth, a token written two.
 */
class CostTest {
  private static final long MILLION = 1_000_000;
  private static final Pattern COST = Pattern.compile("\"cost\":([0-9.]+),\"currency\":\"EGP\"");

  private TestFleet fleet = TestFleet.pair("tokens=5", "tokens=5");
  private Store store = Stores.open(fleet.database());

  CostTest() throws IOException {}

  private void instead(TestFleet other) {
    close();
    fleet = other;
    store = Stores.open(fleet.database());
  }

  private KeyStore keys() {
    return new KeyStore(store.dataSource());
  }

  @AfterEach
  void close() {
    assertThat(Reconciliation.of(store.dataSource()).told()).isEmpty();
    store.close();
    fleet.close();
  }

  private void pays(long balance) throws IOException {
    var accounts = new AccountStore(store.dataSource());
    accounts.setPrice(TestFleet.MODEL, MILLION, MILLION, MILLION, 2 * MILLION, 0, null);
    var movements = new Movements(store.dataSource());
    movements.add("org_default", Movements.Kind.TOP_UP, balance, "", null, "test");
    accounts.change("default", new AccountStore.Change(null, true, null));
    fleet.newKey();
  }

  private static ObjectNode body(String words, boolean stream) {
    return Requests.chat(TestFleet.MODEL, "[[" + words + "]]", stream);
  }

  private Response asked(String words, boolean stream) throws IOException {
    return fleet.chat(withCost(body(words, stream)));
  }

  private static ObjectNode withCost(ObjectNode body) {
    body.putObject("stream_options").put("include_cost", true);
    return body;
  }

  /** The one cost that is told, as it is written; empty where there is none. */
  private static String told(Response response) {
    Matcher found = COST.matcher(response.text());
    String cost = found.find() ? found.group(1) : "";
    assertThat(found.find()).isFalse();
    return cost;
  }

  private static String cost(LedgerRow row) {
    return Money.exact(row.promptTokens() + 2L * row.completionTokens());
  }

  private void assertTold(Response response) {
    LedgerRow row = fleet.row(response);
    assertThat(told(response)).isEqualTo(cost(row)).matches("0\\.[0-9]+");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerTellsWhatItCostsWhereItIsAsked(boolean stream) throws IOException {
    pays(MILLION);
    Response response = asked("tokens=7", stream);
    assertThat(response.status()).isEqualTo(200);
    assertTold(response);
    JsonNode there = fleet.simulator(0).next(TestGateway.SOON).body();
    assertThat(there.path("stream_options").has("include_cost")).isFalse();
    assertThat(there.has("stream_options")).isEqualTo(stream);
    if (stream) {
      assertThat(response.events().done()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoDoesNotAskIsNotTold(boolean stream) throws IOException {
    pays(MILLION);
    Response response = fleet.chat(body("tokens=7", stream));
    assertThat(response.text()).doesNotContain("\"cost\"").doesNotContain("currency");
    assertThat(response.text().contains("usage")).isEqualTo(!stream);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aKeyMayAskForAllOfItsRequests(boolean stream) throws IOException {
    pays(MILLION);
    keys().change(fleet.keyId(), new KeyStore.Change(null, null, null, null, true));
    fleet.newKey();
    assertTold(fleet.chat(body("tokens=7", stream)));
    keys().change(fleet.keyId(), new KeyStore.Change(null, null, null, null, false));
    fleet.newKey();
    assertThat(told(fleet.chat(body("tokens=7", stream)))).isEmpty();
  }

  @Test
  void whoPaysNothingIsToldSo() throws IOException {
    assertThat(told(asked("tokens=7", true))).isEqualTo("0");
    assertThat(told(asked("tokens=7", false))).isEqualTo("0");
  }

  @Test
  void anAnswerThatEndsWithTheBalanceTellsIt() throws IOException {
    pays(1_200);
    Response response = asked("tokens=5000", true);
    assertThat(fleet.row(response).outcome()).isEqualTo("out_of_balance");
    assertTold(response);
  }

  /** The prompt is paid once, and each token of both targets. */
  @Test
  void anAnswerThatGoesOnElsewhereTellsTheWhole() throws IOException {
    instead(TestFleet.continuing("cut@4", ""));
    pays(MILLION);
    Response response = fleet.chat(withCost(Requests.chat(TestFleet.MODEL, "hello", true)));
    assertThat(response.status()).isEqualTo(200);
    assertTold(response);
    assertThat(fleet.row(response).attempts()).isGreaterThan(1);
  }

  /** Then the error comes behind what was delivered and what it costs. */
  @Test
  void anAnswerThatBreaksOffTellsWhatItsPartCosts() throws IOException {
    pays(MILLION);
    fleet.simulator(1).refusing(true);
    Response response = asked("tokens=9 cut@4", true);
    assertThat(response.status()).isEqualTo(200);
    assertThat(fleet.row(response).outcome()).isEqualTo("failed");
    assertTold(response);
    assertThat(response.text().indexOf("\"cost\""))
        .isLessThan(response.text().indexOf("\"error\""));
    assertThat(response.events().done()).isTrue();
  }

  @Test
  void anErrorWithoutAnAnswerCostsNothingAndTellsNothing() throws IOException {
    pays(MILLION);
    fleet.simulator(0).refusing(true);
    fleet.simulator(1).refusing(true);
    Response response = asked("tokens=9", true);
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.error().path("code").asString()).isNotEmpty();
    assertThat(told(response)).isEmpty();
  }

  @Test
  void otherOptionsStillWantAStream() throws IOException {
    ObjectNode body = body("tokens=1", false);
    body.set("stream_options", body.objectNode().put("include_usage", true));
    assertThat(fleet.chat(body).error().path("param").asString()).isEqualTo("stream_options");
    body.set("stream_options", body.objectNode().put("include_cost", "yes"));
    assertThat(fleet.chat(body).error().path("param").asString())
        .isEqualTo("stream_options.include_cost");
  }
}
