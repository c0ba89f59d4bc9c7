package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AccountStore;
import tayyar.accounts.AccountStore.Change;
import tayyar.api.To;
import tayyar.keys.WrongKeys;
import tayyar.store.Store;
import tayyar.telemetry.AccessLog;
import tayyar.testing.Logged;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** Organisations whose requests come from some networks alone; all tests come from 127.0.0.1. */
class NetworksTest {
  private static void allow(TestFleet fleet, @Nullable List<String> networks) throws IOException {
    try (Store store = Stores.open(fleet.database())) {
      var change = new Change(null, null, null, null, new To<>(networks));
      new AccountStore(store.dataSource()).change("default", change);
    }
  }

  private static Response ask(TestFleet fleet, String key, String fields) throws IOException {
    String body = Requests.chat(TestFleet.MODEL, "[[tokens=2]]", true).toString();
    return fleet.send(Requests.post("/v1/chat/completions", key, body, fields));
  }

  private static void awaitStatus(TestFleet fleet, String fields, int status) {
    Awaitility.await("status " + status)
        .atMost(TestGateway.SOON)
        .until(() -> ask(fleet, fleet.key(), fields).status() == status);
  }

  /** Whoever is no trusted proxy is not believed. */
  @ParameterizedTest
  @ValueSource(strings = {"", "X-Forwarded-For: 10.0.0.1\r\n", "Forwarded: for=10.0.0.1\r\n"})
  void anOtherAddressIsRefusedAtTheHead(String fields) throws IOException {
    try (var fleet = TestFleet.pair("")) {
      allow(fleet, List.of("10.0.0.0/8", "2001:db8::/32"));
      awaitStatus(fleet, "", 403);
      long before = fleet.simulator(0).requests();
      Response refused = ask(fleet, fleet.key(), fields);
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.error().path("type").asString()).isEqualTo("permission_denied");
      assertThat(refused.error().path("code").asString()).isEqualTo("ip_not_allowed");
      // It tells the client's own address and nothing of the list.
      assertThat(refused.error().path("message").asString())
          .isEqualTo("This API key may not be used from the address 127.0.0.1.");
      assertThat(refused.head().has("X-RateLimit-Limit-Requests")).isFalse();
      assertThat(fleet.simulator(0).requests()).isEqualTo(before);
      for (String path : List.of("/v1/models", "/v1/balance", "/v1/usage", "/v1/key")) {
        assertThat(
                fleet
                    .send(
                        "GET "
                            + path
                            + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + fleet.key()
                            + "\r\n\r\n")
                    .status())
            .as(path)
            .isEqualTo(403);
      }

      allow(fleet, List.of("10.0.0.0/8", "127.0.0.1"));
      awaitStatus(fleet, fields, 200);
      allow(fleet, null);
      // Where a later request has its row, the refused ones have none.
      fleet.row(ask(fleet, fleet.key(), fields));
      assertThat(fleet.rows()).noneMatch(row -> row.status() == 403);
    }
  }

  /** So that an operator finds whose key was tried elsewhere. */
  @Test
  void theLogShowsTheKeyThatWasRefused() throws IOException {
    try (var log = Logged.of(AccessLog.class);
        var fleet = TestFleet.pair("")) {
      allow(fleet, List.of("10.0.0.0/8"));
      awaitStatus(fleet, "", 403);
      String id = ask(fleet, fleet.key(), "").field("X-Request-Id");
      String hint = "sk-..." + fleet.key().substring(fleet.key().length() - 4);
      Awaitility.await()
          .atMost(TestGateway.SOON)
          .untilAsserted(
              () ->
                  assertThat(log.events())
                      .extracting(event -> String.valueOf(event.getKeyValuePairs()))
                      .anySatisfy(
                          line ->
                              assertThat(line)
                                  .contains(id, "key_id=\"\"", "key=\"" + hint + "\"")));
    }
  }

  @Test
  void behindTrustedProxiesTheClientsAddressCounts() throws IOException {
    try (var fleet = TestFleet.behind("127.0.0.0/8")) {
      // The proxy's own address is allowed, so that one who hides behind it would be let in.
      allow(fleet, List.of("10.0.0.0/8", "127.0.0.1"));
      awaitStatus(fleet, "X-Forwarded-For: 192.0.2.1\r\n", 403);
      for (String right :
          List.of(
              "X-Forwarded-For: 10.0.0.1\r\n",
              "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 10.0.0.1:4711, 127.0.0.9\r\n",
              "Forwarded: for=\"[::ffff:10.0.0.1]:47\";proto=https\r\n",
              "X-Forwarded-For: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\n",
              "")) {
        assertThat(ask(fleet, fleet.key(), right).status()).as(right).isEqualTo(200);
      }
      for (String wrong :
          List.of(
              "X-Forwarded-For: 10.0.0.1, 192.0.2.1\r\n",
              "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\n",
              "X-Forwarded-For: 10.0.0.1\r\nForwarded: for=192.0.2.1\r\n",
              "X-Forwarded-For: 10.0.0.1\r\nForwarded: x\r\n",
              "X-Forwarded-For: 10.0.0.1, \r\n",
              "Forwarded: for=10.0.0.1;x=\", for=192.0.2.1\r\n",
              "Forwarded: for=_hidden\r\n")) {
        Response refused = ask(fleet, fleet.key(), wrong);
        assertThat(refused.status()).as(wrong).isEqualTo(403);
        assertThat(refused.error().path("message").asString())
            .matches(".* from (the address 192\\.0\\.2\\.1|an unknown address)\\.");
      }
    }
  }

  /** One client's wrong keys are not held against the others behind the same proxy. */
  @Test
  void wrongKeysAreSlowedByTheSameAddress() throws IOException {
    try (var fleet = TestFleet.behind("127.0.0.0/8")) {
      String one = "X-Forwarded-For: 192.0.2.1\r\n";
      for (int i = 0; i < WrongKeys.MOST; i++) {
        String first = "X-Forwarded-For: 198.51.100." + i + ", 192.0.2.1\r\n";
        assertThat(ask(fleet, "sk-wrong", first).status()).isEqualTo(401);
      }
      assertThat(ask(fleet, "sk-wrong", one).status()).isEqualTo(429);
      assertThat(ask(fleet, "sk-wrong", "X-Forwarded-For: 192.0.2.2\r\n").status()).isEqualTo(401);
      assertThat(ask(fleet, fleet.key(), one).status()).isEqualTo(200);
    }
  }
}
