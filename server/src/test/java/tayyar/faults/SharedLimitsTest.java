package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.Plan;
import tayyar.accounts.AccountStore;
import tayyar.accounts.LimitStore;
import tayyar.api.Limits;
import tayyar.api.Scope.Level;
import tayyar.keys.KeyStore;
import tayyar.limits.WhenAway;
import tayyar.limits.WhenAway.Way;
import tayyar.store.Store;
import tayyar.testing.RawHttp;
import tayyar.testing.RedisServer;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** Three whole gateways that count the organisation 'default' as one, over a real Redis. */
@Tag("socket")
class SharedLimitsTest {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  private final List<TestFleet> fleets = new ArrayList<>();

  /** Nothing of another test, and no end of a minute in the midst. */
  @BeforeEach
  void early() {
    assertThat(REDIS.command("FLUSHALL")).isEqualTo("+OK");
    await().atMost(Duration.ofSeconds(40)).until(() -> System.currentTimeMillis() / 1000 % 60 < 35);
  }

  @AfterEach
  void close() {
    for (TestFleet fleet : fleets) {
      fleet.awaitNothingHeld();
      fleet.close();
    }
  }

  private void start(int many, WhenAway whenAway, UnaryOperator<Limits> limit) throws IOException {
    for (int i = 0; i < many; i++) {
      var counts = new Plan.SharedCounts(REDIS.at(), whenAway);
      TestFleet fleet = TestFleet.counting(counts, "tokens=20 pace=20ms");
      fleets.add(fleet);
      try (Store store = Store.open(fleet.database())) {
        new LimitStore(store.dataSource()).change(Level.ORGANISATION, "default", limit);
        var accounts = new AccountStore(store.dataSource());
        accounts.createOrganisation("others", null, false, AccountStore.zone("UTC"));
        String project = accounts.project("others").id();
        var terms = new KeyStore.Terms(project, null, null);
        String key = new KeyStore(store.dataSource()).create("", 100_000, terms).secret();
        await()
            .atMost(TestGateway.SOON)
            .until(() -> fleet.send(Requests.post(key, "")).status() == 400);
      }
      await("Redis to answer")
          .atMost(TestGateway.SOON)
          .until(() -> fleet.gauge("tayyar_limits_away") == 0);
    }
  }

  private static Response ask(TestFleet fleet) throws IOException {
    return fleet.chat(Requests.chat(TestFleet.MODEL, "hello", false));
  }

  /** A counter that answers late, on a busy machine, is a 503 and lets nobody in. */
  @Test
  void requestsOfAllCount() throws IOException {
    start(3, new WhenAway(Way.CLOSED, Way.CLOSED, Way.CLOSED), limits -> limits.withRequests(6));
    int in = 0;
    @Nullable Response last = null;
    for (int i = 0, refusals = 0; refusals < 3; i++) {
      Response response = ask(fleets.get(i % 3));
      assertThat(response.status()).isIn(i < 30 ? List.of(200, 429, 503) : List.of(200, 429));
      in += response.status() == 200 ? 1 : 0;
      refusals += response.status() == 429 ? 1 : 0;
      last = response.status() == 429 ? response : last;
    }
    assertThat(in).isEqualTo(6);
    Response refused = Objects.requireNonNull(last);
    assertThat(refused.error().path("code").asString()).isEqualTo("rate_limit_exceeded");
    assertThat(refused.field("X-RateLimit-Remaining-Requests")).isEqualTo("0");
    assertThat(Integer.parseInt(refused.field("Retry-After"))).isBetween(1, 120);
  }

  /** A prompt's tokens may be asked for as often as an answer. */
  @Test
  void countsOfTokensAreRequestsToo() throws IOException {
    start(2, WhenAway.OPEN, limits -> limits.withRequests(4));
    String body = "{\"model\":\"pair\",\"messages\":[{\"role\":\"user\",\"content\":\"four\"}]}";
    for (int i = 0; i < 4; i++) {
      Response counted = fleets.get(i % 2).post("/messages/count_tokens", body);
      assertThat(counted.status()).as(counted.text()).isEqualTo(200);
    }
    for (TestFleet fleet : fleets) {
      Response refused = fleet.post("/messages/count_tokens", body);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.json().at("/error/type").asString()).isEqualTo("rate_limit_error");
      assertThat(ask(fleet).status()).isEqualTo(429);
    }
  }

  /** What is refused reaches no target, and streams that run go on whatever becomes of Redis. */
  @Test
  void streamsOfAllCountAndOutliveRedis() throws IOException {
    start(3, WhenAway.OPEN, limits -> new Limits(0, 0, 2, 0, 0, 0));
    try (RawHttp one = stream(fleets.get(0));
        RawHttp two = stream(fleets.get(1))) {
      Response refused = ask(fleets.get(2));
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.error().path("code").asString()).isEqualTo("too_many_requests_at_once");
      REDIS.signal("STOP");
      try {
        assertThat(one.response().text()).endsWith("data: [DONE]\n\n");
        assertThat(two.response().text()).endsWith("data: [DONE]\n\n");
      } finally {
        REDIS.signal("CONT");
      }
    }
    await().atMost(TestGateway.SOON).until(() -> ask(fleets.get(2)).status() == 200);
  }

  private static RawHttp stream(TestFleet fleet) throws IOException {
    RawHttp client = RawHttp.to(fleet.address());
    client.send(Requests.post(fleet.key(), Requests.chat(TestFleet.MODEL, "x", true).toString()));
    await().atMost(TestGateway.SOON).until(() -> fleet.inFlight() == 1);
    return client;
  }

  @Test
  void aClosedLimitIsRefusedWithItsOwnCode() throws IOException {
    start(1, new WhenAway(Way.CLOSED, Way.OPEN, Way.OPEN), limits -> limits.withRequests(6));
    REDIS.stop();
    try {
      await()
          .atMost(TestGateway.SOON)
          .untilAsserted(
              () -> {
                Response refused = ask(fleets.getFirst());
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.error().path("code").asString()).isEqualTo("limits_unavailable");
                assertThat(refused.field("Retry-After")).isEqualTo("1");
              });
    } finally {
      REDIS.start();
    }
    await().atMost(TestGateway.SOON).until(() -> ask(fleets.getFirst()).status() == 200);
  }
}
