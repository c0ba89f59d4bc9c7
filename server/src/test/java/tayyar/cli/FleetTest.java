package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
import tayyar.accounts.Reconciliation;
import tayyar.keys.KeyStore;
import tayyar.keys.KeyWatch;
import tayyar.testing.Postgres;
import tayyar.testing.RawHttp;
import tayyar.testing.RedisServer;

/**
 * Three gateways that are processes, each with a home of its own as on three machines, with a real
 * PostgreSQL server and a real Redis between them, and a customer who pays.
 */
@Tag("socket")
@Timeout(180)
final class FleetTest {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  private static @Nullable Postgres postgres;

  @TempDir private Path folder;
  private @Nullable Fleet started;

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
    String limits = "limits: { shared: \"redis://127.0.0.1:%d/0\" }\n".formatted(REDIS.port());
    var at = server().database(folder.resolve("journals"));
    started = Fleet.start(folder, at, Gateways.Place.ALL_HERE, limits);
  }

  @AfterEach
  void stop() {
    fleet().close();
  }

  private Fleet fleet() {
    return Objects.requireNonNull(started);
  }

  @Test
  void aKilledGatewayLosesNothingAndTheOthersGoOn() throws Exception {
    fleet().answers(0, 2);
    try (RawHttp broken = fleet().held(0);
        RawHttp fine = fleet().held(1)) {
      fleet().gateways().run(0).signal("KILL");
      assertThatThrownBy(() -> Fleet.readTo(broken, "[DONE]")).isInstanceOf(IOException.class);
      fleet().answers(1, 3);
      fleet().answers(2, 3);
      fleet().finishes(1, fine);
    }
    fleet().gateways().again(0);
    fleet().booked(10);
    assertThat(fleet().rows())
        .filteredOn(row -> "gateway_killed".equals(row.errorCode()))
        .singleElement()
        .satisfies(row -> assertThat(row.completionTokens()).isEqualTo(2));
    fleet().answers(0, 1);
    fleet().booked(11);
  }

  @Test
  void aKeyThatIsRevokedIsRefusedByAllWithinASecond() throws Exception {
    String key = fleet().newKey(100_000);
    KeyWatch.letLook();
    try (RawHttp running = fleet().held(2)) {
      new KeyStore(fleet().store().dataSource()).revoke(key);
      await()
          .atMost(Duration.ofSeconds(1))
          .until(
              () ->
                  fleet().answer(0).status() == 401
                      && fleet().answer(1).status() == 401
                      && fleet().answer(2).status() == 401);
      Fleet.readTo(running, "key_revoked");
    }
  }

  @Test
  void answersGoOnWhilePostgresqlIsAwayAndAreBookedBehindIt() throws Exception {
    fleet().allAnswer(1);
    try (RawHttp running = fleet().held(0)) {
      server().down();
      fleet().allAnswer(2);
      fleet().finishes(0, running);
      server().up();
    }
    fleet().booked(10);
    fleet().allAnswer(1);
    fleet().booked(13);
  }

  @Test
  void aPostgresqlThatStandsStillHoldsNoAnswerUp() throws Exception {
    fleet().allAnswer(1);
    server().pause(true);
    try {
      fleet().allAnswer(2);
    } finally {
      server().pause(false);
    }
    fleet().booked(9);
  }

  /** Returns how many of twelve requests, with a key for seven a minute, were let in. */
  private int ofSeven() throws IOException {
    fleet().newKey(7);
    KeyWatch.letLook();
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      statuses.add(fleet().answer(i % Gateways.COUNT).status());
    }
    assertThat(statuses).filteredOn(status -> status == 200).hasSizeBetween(6, 7);
    assertThat(statuses).filteredOn(status -> status != 200).containsOnly(429);
    return Collections.frequency(statuses, 200);
  }

  @Test
  void aLimitHoldsOverAllAndRedisMayGo() throws Exception {
    ofSeven();
    fleet().newKey(1_000);
    KeyWatch.letLook();
    try (RawHttp running = fleet().held(0)) {
      REDIS.stop();
      fleet().allAnswer(3);
      fleet().finishes(0, running);
    } finally {
      REDIS.start();
    }
    fleet().allAnswer(3);
    await("rows").atMost(Fleet.SOON).until(() -> fleet().rows().size() == 12 + 1 + 9 + 9);
    assertThat(Reconciliation.of(fleet().store().dataSource()).told()).isEmpty();
  }

  /** The counters are at the store then, and go with it. */
  @Test
  void aLimitHoldsOverAllWithoutRedis() throws Exception {
    fleet().close();
    var at = server().database(folder.resolve("journals"));
    started = Fleet.start(folder.resolve("alone"), at, Gateways.Place.ALL_HERE, "");
    int in = ofSeven();
    fleet().newKey(1_000);
    KeyWatch.letLook();
    try (RawHttp running = fleet().held(0)) {
      server().down();
      fleet().allAnswer(3);
      fleet().finishes(0, running);
    } finally {
      server().up();
    }
    for (int i = 0; i < Gateways.COUNT; i++) {
      int gateway = i;
      await("counters")
          .atMost(Fleet.SOON)
          .until(() -> fleet().gateways().gauge(gateway, "tayyar_limits_away") == 0);
    }
    in += ofSeven();
    await("rows").atMost(Fleet.SOON).until(() -> fleet().rows().size() == 2 * 12 + 1 + 9);
    assertThat(fleet().rows()).filteredOn(row -> row.status() == 200).hasSize(in + 1 + 9);
    assertThat(Reconciliation.of(fleet().store().dataSource()).told()).isEmpty();
  }

  /** What is answered at once through all of them never costs more than there is. */
  @Test
  void aBalanceThatRunsOutIsNotOverdrawn() throws Exception {
    long little = 3_000;
    fleet().corrects(little - Fleet.MONEY);
    KeyWatch.letLook();
    List<Integer> statuses = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 90; i++) {
        int gateway = i % Gateways.COUNT;
        clients.submit(
            () -> {
              try (RawHttp client = fleet().asks(gateway, "[[tokens=80]]")) {
                statuses.add(client.response().status());
              }
              return null;
            });
      }
    }
    // 503 where the others took too long to give back what they have leased.
    assertThat(statuses).hasSize(90).contains(200).containsAnyOf(402, 503);
    assertThat(statuses).filteredOn(status -> status != 200).isSubsetOf(402, 503);
    await("rows").atMost(Fleet.SOON).until(() -> fleet().rows().size() == 90);
    assertThat(Reconciliation.of(fleet().store().dataSource()).told()).isEmpty();
    assertThat(fleet().nile().balance())
        .as("what an answer may write beyond its hold, once a gateway")
        .isBetween(-Gateways.COUNT * 256L, little - 80);
  }
}
