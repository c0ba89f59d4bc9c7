package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Movements;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** First requests of many organisations, of whose money nothing is leased yet. */
class ColdBalancesTest {
  private static final int ORGANISATIONS = 6;
  private static final long MILLION = 1_000_000;

  /** Less than the store holds up one organisation after the other. */
  private static final Duration IN_TIME = Duration.ofSeconds(3);

  private static List<String> keys(Store store) {
    var accounts = new AccountStore(store.dataSource());
    accounts.setPrice(TestFleet.MODEL, MILLION, MILLION, MILLION, MILLION, 0, null);
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < ORGANISATIONS; i++) {
      String name = "org" + i;
      accounts.createOrganisation(name, null, true, ZoneId.of("Africa/Cairo"));
      new Movements(store.dataSource())
          .add(accounts.organisation(name).id(), Movements.Kind.TOP_UP, MILLION, "", null, "test");
      var terms = new KeyStore.Terms(accounts.project(name).id(), null, null);
      keys.add(new KeyStore(store.dataSource()).create(name, 100_000, terms).secret());
    }
    return keys;
  }

  private static List<Response> askAll(TestFleet fleet, List<String> keys) throws Exception {
    String body = Requests.chat(TestFleet.MODEL, "[[tokens=2]]", true).toString();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Response>> all = new ArrayList<>();
      keys.forEach(key -> all.add(() -> fleet.send(Requests.post(key, body))));
      List<Response> responses = new ArrayList<>();
      for (Future<Response> each : clients.invokeAll(all)) {
        responses.add(each.get());
      }
      return responses;
    }
  }

  @Test
  void eachIsToldInTimeThatTheStoreIsAway() throws Exception {
    try (TestFleet fleet = TestFleet.pair("");
        Store store = Stores.open(fleet.database())) {
      List<String> keys = keys(store);
      fleet.newKey();
      List<Response> refused;
      try (Connection lock = store.dataSource().getConnection()) {
        lock.setAutoCommit(false);
        lock.createStatement().executeUpdate("UPDATE currency SET code = code");
        long began = System.nanoTime();
        refused = askAll(fleet, keys);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(IN_TIME);
        lock.rollback();
      }
      assertThat(refused)
          .allSatisfy(
              response -> {
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.error().path("code").asString()).isEqualTo("balance_unknown");
              });
      assertThat(fleet.simulator(0).requests()).isZero();
      assertThat(refused.stream().map(response -> fleet.row(response).status()))
          .containsOnly(503)
          .hasSize(ORGANISATIONS);
      awaitServed(fleet, keys);
      fleet.awaitNothingHeld();
    }
  }

  private static void awaitServed(TestFleet fleet, List<String> keys) throws IOException {
    String body = Requests.chat(TestFleet.MODEL, "[[tokens=2]]", true).toString();
    for (String key : keys) {
      Awaitility.await()
          .atMost(TestGateway.SOON)
          .until(() -> fleet.send(Requests.post(key, body)).status() == 200);
    }
  }
}
