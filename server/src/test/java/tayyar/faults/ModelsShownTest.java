package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tayyar.Offer;
import tayyar.accounts.AccountStore;
import tayyar.accounts.AccountStore.Change;
import tayyar.api.Account;
import tayyar.api.Target;
import tayyar.api.To;
import tayyar.keys.KeyStore;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.store.Store;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/**
 * What GET /v1/models shows to whom. The model here is in eg; away is in us, and back is in us and
 * falls back to here.
 */
class ModelsShownTest {
  private final TestFleet fleet;
  private final Store store;
  private final AccountStore accounts;
  private final KeyStore keys;

  ModelsShownTest() throws IOException {
    fleet = TestFleet.start(List.of("", ""), ModelsShownTest::offers);
    store = Stores.open(fleet.database());
    accounts = new AccountStore(store.dataSource());
    keys = new KeyStore(store.dataSource());
  }

  private static List<Offer> offers(List<Target> targets) {
    Fleet.Rules plain = TestFleet.rules();
    var falls =
        new Fleet.Rules(plain.policy(), List.of("here"), 100, Streams.WANTED, TestFleet.QUICK);
    List<Target> eg = List.of(in("eg", targets.get(0)));
    List<Target> us = List.of(in("us", targets.get(1)));
    return List.of(
        TestFleet.model("here", plain, eg),
        TestFleet.model("away", plain, us),
        TestFleet.model("back", falls, us));
  }

  private static Target in(String region, Target target) {
    var access = new Target.Access("", "", null, null, false, region);
    return new Target(
        target.name(), target.address(), target.path(), target.model(), target.key(), access);
  }

  @AfterEach
  void close() {
    store.close();
    fleet.close();
  }

  private Response get(String path, String fields) throws IOException {
    return fleet.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
  }

  private static String bearer(String key) {
    return "Authorization: Bearer " + key + "\r\n";
  }

  private List<String> shown(String fields) throws IOException {
    Response list = get("/v1/models", fields);
    assertThat(list.status()).isEqualTo(200);
    return list.json().path("data").valueStream().map(one -> one.path("id").asString()).toList();
  }

  private void awaitShown(String key, String... models) {
    Awaitility.await()
        .atMost(TestGateway.SOON)
        .untilAsserted(() -> assertThat(shown(bearer(key))).containsExactly(models));
  }

  private int single(String model, String key) throws IOException {
    return get("/v1/models/" + model, bearer(key)).status();
  }

  @Test
  void withoutAKeyAllAreShownAndAWrongKeyIsRefused() throws IOException {
    assertThat(shown("")).containsExactly("here", "away", "back");
    assertThat(shown(bearer(fleet.key()))).containsExactly("here", "away", "back");
    for (String path : List.of("/v1/models", "/v1/models/here")) {
      JsonNode error = get(path, bearer("sk-wrong")).error();
      assertThat(error.path("code").asString()).as(path).isEqualTo("invalid_api_key");
    }
    assertThat(fleet.rows()).isEmpty();
  }

  @Test
  void aKeyOfSomeModelsSeesThemAlone() throws IOException {
    var terms = new KeyStore.Terms(Account.DEFAULT.projectId(), List.of("away", "gone"), null);
    String key = keys.create("", 100, terms).secret();
    awaitShown(key, "away");
    assertThat(single("away", key)).isEqualTo(200);
    assertThat(single("away-alias", key)).isEqualTo(200);
    Response hidden = get("/v1/models/here", bearer(key));
    assertThat(hidden.status()).isEqualTo(404);
    assertThat(hidden.error().path("code").asString()).isEqualTo("model_not_found");
    assertThat(single("here-alias", key)).isEqualTo(404);
  }

  @Test
  void aPlanAndRegionsLeaveOut() throws IOException {
    accounts.setPlan("small", List.of("here", "back"), 0);
    accounts.change("default", new Change(new To<>("small"), null, null));
    awaitShown(fleet.key(), "here", "back");
    accounts.change(
        "default", new Change(new To<>(null), null, null, new To<>(List.of("eg")), null));
    // As a request would be answered: by the model it falls back to.
    awaitShown(fleet.key(), "here", "back");
    accounts.setPlan("small", List.of("away", "back"), 0);
    accounts.change("default", new Change(new To<>("small"), null, null));
    awaitShown(fleet.key());
    assertThat(single("back", fleet.key())).isEqualTo(404);
    accounts.change("default", new Change(null, null, null, new To<>(List.of("us", "sa")), null));
    awaitShown(fleet.key(), "away", "back");
  }
}
