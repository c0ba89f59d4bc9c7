package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Movements;
import tayyar.accounts.Reconciliation;
import tayyar.accounts.RequestStore;
import tayyar.api.Key;
import tayyar.keys.KeyStore;
import tayyar.keys.KeyWatch;
import tayyar.store.Store;
import tayyar.testing.Postgres;
import tayyar.testing.RawHttp;
import tayyar.testing.RedisServer;
import tayyar.testing.Requests;
import tayyar.testing.Response;

/**
 * Three gateways that are processes, each with a home of its own as on three machines, with a real
 * PostgreSQL server and a real Redis between them, and a customer who pays.
 */
@Tag("socket")
@Timeout(180)
final class FleetTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long MONEY = 1_000_000_000_000L;
  private static final long MILLION = 1_000_000;

  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  private static @Nullable Postgres postgres;

  @TempDir private Path folder;
  private @Nullable Gateways gateways;
  private @Nullable Store opened;
  private KeyStore.Issued key = new KeyStore.Issued(new Key("", "", "", 1, false), "");

  @BeforeAll
  static void database() {
    postgres = Postgres.start();
  }

  @AfterAll
  static void noDatabase() {
    server().close();
  }

  private static Postgres server() {
    return Objects.requireNonNull(postgres);
  }

  @BeforeEach
  void start() throws IOException {
    var at = server().database(folder.resolve("journals"));
    Store store = Store.open(at);
    opened = store;
    var accounts = new AccountStore(store.dataSource());
    accounts.setPrice("sim", MILLION, MILLION, MILLION, MILLION, 0, null);
    String id = accounts.createOrganisation("nile", null, true, ZoneId.of("UTC")).id();
    new Movements(store.dataSource()).add(id, Movements.Kind.TOP_UP, MONEY, "", null, "test");
    key = key(100_000);
    gateways =
        Gateways.start(
            folder,
            at,
            """
            limits: { shared: "redis://127.0.0.1:%d/0" }
            deadlines: { preStop: 0s }
            """
                .formatted(REDIS.port()));
  }

  @AfterEach
  void stop() {
    all().close();
    store().close();
  }

  private Gateways all() {
    return Objects.requireNonNull(gateways);
  }

  private Store store() {
    return Objects.requireNonNull(opened);
  }

  private KeyStore.Issued key(int requestsPerMinute) {
    var accounts = new AccountStore(store().dataSource());
    var terms = new KeyStore.Terms(accounts.project("nile").id(), null, null);
    return new KeyStore(store().dataSource()).create("", requestsPerMinute, terms);
  }

  private RawHttp asks(int gateway, String text) throws IOException {
    RawHttp client = RawHttp.to(all().at(gateway));
    client.send(Requests.post(key.secret(), Requests.chat("sim", text, true).toString()));
    return client;
  }

  private Response answer(int gateway) throws IOException {
    try (RawHttp client = asks(gateway, "hi")) {
      return client.response();
    }
  }

  private void answers(int gateway, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      Response response = answer(gateway);
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      assertThat(response.events().done()).isTrue();
    }
  }

  /** A stream of whose tokens its client has seen two. */
  private RawHttp held(int gateway) throws IOException {
    RawHttp client = asks(gateway, "[[hold@2]]");
    assertThat(client.head().status()).isEqualTo(200);
    readTo(client, "\"content\":\"1 \"");
    return client;
  }

  private static void readTo(RawHttp client, String sought) throws IOException {
    String seen = "";
    while (!seen.contains(sought)) {
      seen += client.chunk().text();
    }
  }

  private List<RequestStore.Request> rows() {
    return new RequestStore(store().dataSource())
        .find(new RequestStore.Filter(null, null, "nile", null, null, null, null, 10_000));
  }

  private void booked(int requests) {
    await("rows of all requests").atMost(SOON).until(() -> rows().size() == requests);
    assertThat(Reconciliation.of(store().dataSource()).told()).isEmpty();
    long used = rows().stream().mapToLong(row -> Objects.requireNonNull(row.amount())).sum();
    assertThat(new AccountStore(store().dataSource()).organisation("nile").balance())
        .isEqualTo(MONEY - used);
  }

  private void release(int gateway) {
    all().upstream(gateway).next(SOON).release();
  }

  @Test
  void aKilledGatewayLosesNothingAndTheOthersGoOn() throws Exception {
    answers(0, 2);
    all().forget();
    try (RawHttp broken = held(0);
        RawHttp fine = held(1)) {
      all().run(0).signal("KILL");
      assertThatThrownBy(() -> readTo(broken, "[DONE]")).isInstanceOf(IOException.class);
      answers(1, 3);
      answers(2, 3);
      release(1);
      readTo(fine, "[DONE]");
    }
    all().again(0);
    booked(10);
    assertThat(rows())
        .filteredOn(row -> "gateway_killed".equals(row.errorCode()))
        .singleElement()
        .satisfies(row -> assertThat(row.completionTokens()).isEqualTo(2));
    answers(0, 1);
    booked(11);
  }

  @Test
  void aKeyThatIsRevokedIsRefusedByAllWithinASecond() throws Exception {
    try (RawHttp running = held(2)) {
      new KeyStore(store().dataSource()).revoke(key.key().id());
      await()
          .atMost(Duration.ofSeconds(1))
          .until(
              () ->
                  answer(0).status() == 401
                      && answer(1).status() == 401
                      && answer(2).status() == 401);
      readTo(running, "key_revoked");
    }
  }

  @Test
  void answersGoOnWhilePostgresqlIsAwayAndAreBookedBehindIt() throws Exception {
    for (int i = 0; i < Gateways.COUNT; i++) {
      answers(i, 1);
    }
    all().forget();
    try (RawHttp running = held(0)) {
      server().down();
      for (int i = 0; i < Gateways.COUNT; i++) {
        answers(i, 2);
      }
      release(0);
      readTo(running, "[DONE]");
      server().up();
    }
    booked(10);
    for (int i = 0; i < Gateways.COUNT; i++) {
      answers(i, 1);
    }
    booked(13);
  }

  @Test
  void aPostgresqlThatStandsStillHoldsNoAnswerUp() throws Exception {
    for (int i = 0; i < Gateways.COUNT; i++) {
      answers(i, 1);
    }
    server().pause(true);
    try {
      for (int i = 0; i < Gateways.COUNT; i++) {
        answers(i, 2);
      }
    } finally {
      server().pause(false);
    }
    booked(9);
  }

  @Test
  void aLimitHoldsOverAllAndRedisMayGo() throws Exception {
    key = key(7);
    KeyWatch.letLook();
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      statuses.add(answer(i % Gateways.COUNT).status());
    }
    assertThat(statuses).filteredOn(status -> status == 200).hasSizeBetween(6, 7);
    assertThat(statuses).filteredOn(status -> status != 200).containsOnly(429);
    key = key(1_000);
    KeyWatch.letLook();
    all().forget();
    try (RawHttp running = held(0)) {
      REDIS.stop();
      for (int i = 0; i < Gateways.COUNT; i++) {
        answers(i, 3);
      }
      release(0);
      readTo(running, "[DONE]");
    } finally {
      REDIS.start();
    }
    for (int i = 0; i < Gateways.COUNT; i++) {
      answers(i, 3);
    }
    await("rows").atMost(SOON).until(() -> rows().size() == 12 + 1 + 9 + 9);
    assertThat(Reconciliation.of(store().dataSource()).told()).isEmpty();
  }

  /** What is answered at once through all of them never costs more than there is. */
  @Test
  void aBalanceThatRunsOutIsNotOverdrawn() throws Exception {
    String nile = new AccountStore(store().dataSource()).organisation("nile").id();
    long little = 3_000;
    new Movements(store().dataSource())
        .add(nile, Movements.Kind.CORRECTION, little - MONEY, "", null, "test");
    KeyWatch.letLook();
    List<Integer> statuses = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 90; i++) {
        int gateway = i % Gateways.COUNT;
        clients.submit(
            () -> {
              try (RawHttp client = asks(gateway, "[[tokens=80]]")) {
                statuses.add(client.response().status());
              }
              return null;
            });
      }
    }
    assertThat(statuses).hasSize(90).contains(200).contains(402);
    await("rows").atMost(SOON).until(() -> rows().size() == 90);
    assertThat(Reconciliation.of(store().dataSource()).told()).isEmpty();
    assertThat(new AccountStore(store().dataSource()).organisation("nile").balance())
        .as("what an answer may write beyond its hold, once a gateway")
        .isBetween(-Gateways.COUNT * 256L, little - 80);
  }
}
