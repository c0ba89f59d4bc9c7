package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Offer;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Movements;
import tayyar.api.Money;
import tayyar.api.Price;
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
 * Where an organisation's requests may be answered: the first target is in eg, the second in eu,
 * and the fallback model's, the third, is nowhere that is known.
 */
class RegionsTest {
  private final TestFleet fleet;
  private final Store store;
  private final AccountStore accounts;

  RegionsTest() throws IOException {
    fleet = TestFleet.start(List.of("tokens=5", "tokens=5", "tokens=5"), RegionsTest::offers);
    store = Stores.open(fleet.database());
    accounts = new AccountStore(store.dataSource());
  }

  private static Target in(String region, Target target) {
    var access = new Target.Access("", "", null, null, false, region);
    return new Target(
        target.name(), target.address(), target.path(), target.model(), target.key(), access);
  }

  private static List<Offer> offers(List<Target> targets) {
    Fleet.Rules plain = TestFleet.rules();
    var rules =
        new Fleet.Rules(plain.policy(), List.of("other"), 100, Streams.WANTED, TestFleet.QUICK);
    List<Target> placed = List.of(in("eg", targets.get(0)), in("eu", targets.get(1)));
    return List.of(
        TestFleet.model(TestFleet.MODEL, rules, placed),
        TestFleet.model("other", plain, targets.subList(2, 3)),
        TestFleet.model("inEgypt", to("inEurope"), placed.subList(0, 1)),
        TestFleet.model("inEurope", plain, placed.subList(1, 2)));
  }

  private static Fleet.Rules to(String fallback) {
    Fleet.Rules plain = TestFleet.rules();
    return new Fleet.Rules(plain.policy(), List.of(fallback), 100, Streams.WANTED, TestFleet.QUICK);
  }

  @AfterEach
  void close() {
    fleet.awaitNothingHeld();
    store.close();
    fleet.close();
  }

  private void allows(String... regions) {
    var where = new To<>(regions.length == 0 ? null : List.of(regions));
    accounts.change("default", new AccountStore.Change(null, null, null, where, null));
    String key = new KeyStore(store.dataSource()).create("", 100_000).secret();
    Awaitility.await()
        .atMost(TestGateway.SOON)
        .until(() -> fleet.send(Requests.post(key, "")).status() == 400);
  }

  private Response ask(String model, boolean stream) throws IOException {
    return fleet.chat(Requests.chat(model, "[[tokens=2]]", stream));
  }

  private List<Long> asked() {
    return List.of(
        fleet.simulator(0).requests(),
        fleet.simulator(1).requests(),
        fleet.simulator(2).requests());
  }

  @Test
  void onlyServersOfTheRegionAnswer() throws IOException {
    allows("eu");
    for (int i = 0; i < 5; i++) {
      assertThat(ask(TestFleet.MODEL, i % 2 == 0).status()).isEqualTo(200);
    }
    assertThat(asked()).containsExactly(0L, 5L, 0L);
    allows("eu", "eg");
    fleet.simulator(1).refusing(true);
    assertThat(ask(TestFleet.MODEL, true).status()).as("a failover within them").isEqualTo(200);
    assertThat(asked()).element(0).isEqualTo(1L);
    assertThat(asked()).element(2).isEqualTo(0L);
  }

  /** The answer names who gave it; by that name it is priced too. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whereOnlyTheFallbackIsThereItIsNamed(boolean stream) throws IOException {
    allows("eu");
    Response response = ask("inEgypt", stream);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).contains("\"model\":\"inEurope\"").doesNotContain("inEgypt");
    assertThat(fleet.row(response).target()).isEqualTo("t1");
    assertThat(asked()).containsExactly(0L, 1L, 0L);
  }

  /** Neither another target nor a fallback gets what failed. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatFailsThereGoesNowhereElse(boolean stream) throws IOException {
    allows("eg");
    fleet.simulator(0).refusing(true);
    assertThat(ask(TestFleet.MODEL, stream).status()).isEqualTo(503);
    assertThat(asked()).element(1).isEqualTo(0L);
    assertThat(asked()).element(2).isEqualTo(0L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aModelWithoutAServerThereIsRefused(boolean stream) throws IOException {
    allows("us");
    for (String model : List.of(TestFleet.MODEL, TestFleet.MODEL + "-alias", "other")) {
      Response response = ask(model, stream);
      assertThat(response.status()).isEqualTo(403);
      assertThat(response.error().path("code").asString()).isEqualTo("region_not_allowed");
      LedgerRow row = fleet.row(response);
      assertThat(row.status()).isEqualTo(403);
      assertThat(row.attempts()).isZero();
    }
    assertThat(asked()).containsExactly(0L, 0L, 0L);
    allows();
    assertThat(ask("other", stream).status()).isEqualTo(200);
  }

  /** A change of the configuration takes a target out of the region for the next request. */
  @Test
  void aReloadMovesATarget() throws IOException {
    allows("eg");
    assertThat(ask(TestFleet.MODEL, true).status()).isEqualTo(200);
    fleet.reload(
        targets ->
            List.of(
                new Offer.Remote(
                    TestFleet.model(TestFleet.MODEL, TestFleet.rules(), targets).model(),
                    List.of(new Fleet.Member(in("eu", targets.get(0)), 1, 0)),
                    TestFleet.rules(),
                    Map.of())));
    assertThat(ask(TestFleet.MODEL, true).status()).isEqualTo(403);
    assertThat(asked()).containsExactly(1L, 0L, 0L);
  }

  /** What began there does not go on elsewhere either. */
  @Test
  void anAnswerThatBreaksOffDoesNotGoOnElsewhere() throws IOException {
    allows("eg");
    reload("eg", "eu", Streams.CONTINUED);
    String model = TestFleet.MODEL;
    Response response = fleet.chat(Requests.chat(model, "[[tokens=9 cut@4]]", true));
    assertThat(response.events().error().path("code").asString()).isEqualTo("upstream_failed");
    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo("failed");
    assertThat(row.completionTokens()).isEqualTo(4);
    assertThat(asked()).containsExactly(1L, 0L, 0L);
    allows("eg", "eu");
    fleet.chat(Requests.chat(model, "[[tokens=9 cut@4]]", true));
    assertThat(asked()).as("the same within both").containsExactly(2L, 1L, 0L);
  }

  /** The model's own targets are elsewhere, one of its fallback model is not. */
  @Test
  void aFallbackModelWithATargetThereAnswers() throws IOException {
    allows("us");
    reload("eg", "us", Streams.WANTED);
    fleet.simulator(1).refusing(true);
    assertThat(ask("first", true).status()).as("it may answer later").isEqualTo(503);
    fleet.simulator(1).refusing(false);
    Response response = ask("first", true);
    assertThat(response.status()).isEqualTo(200);
    assertThat(fleet.row(response).target()).isEqualTo("t1");
    assertThat(asked()).containsExactly(0L, 1L, 0L);
  }

  /** It alone may answer, and the balance does not cover it: that is the reason, not the region. */
  @Test
  void aFallbackThatTheBalanceDoesNotCoverIsNoMatterOfRegions() throws IOException {
    accounts.setPrice("first", 1_000, 1_000, 1_000, 1_000, 0, null);
    accounts.setPrice("second", Price.MAX, Price.MAX, Price.MAX, Price.MAX, 0, null);
    var movements = new Movements(store.dataSource());
    movements.add("org_default", Movements.Kind.GRANT, 1_000_000, "", null, "test");
    accounts.changePays("default", true);
    allows("us");
    reload("eg", "us", Streams.WANTED);
    Response refused = ask("first", true);
    assertThat(refused.status()).isEqualTo(402);
    assertThat(refused.error().path("code").asString()).isEqualTo("quota_exceeded");
    assertThat(fleet.row(refused).attempts()).isZero();
    assertThat(asked()).containsExactly(0L, 0L, 0L);
    movements.add("org_default", Movements.Kind.TOP_UP, 1_000_000 * Money.NANOS, "", null, "test");
    Awaitility.await().atMost(TestGateway.SOON).until(() -> ask("first", true).status() == 200);
    assertThat(asked()).containsExactly(0L, 1L, 0L);
    accounts.changePays("default", false);
  }

  /** Two models with one target each, the first falls back to the second; and the usual one. */
  private void reload(String first, String second, Streams streams) {
    Fleet.Rules plain = TestFleet.rules();
    var rules = new Fleet.Rules(plain.policy(), List.of("second"), 100, streams, TestFleet.QUICK);
    fleet.reload(
        all -> {
          Target one = in(first, all.get(0));
          Target two = in(second, all.get(1));
          return List.of(
              TestFleet.model(TestFleet.MODEL, rules, List.of(one, two)),
              TestFleet.model("first", rules, List.of(one)),
              TestFleet.model("second", plain, List.of(two)));
        });
  }
}
