package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.LimitStore;
import tayyar.accounts.Reconciliation;
import tayyar.api.Limits;
import tayyar.api.Scope.Level;
import tayyar.api.StoreAddress;
import tayyar.cli.Gateways.Place;
import tayyar.keys.KeyWatch;
import tayyar.testing.FarHost;
import tayyar.testing.Given;
import tayyar.testing.Postgres;
import tayyar.testing.RawHttp;
import tayyar.testing.RedisServer;
import tayyar.testing.Response;

/**
 * What befalls a fleet's machines: a PostgreSQL that is slow, away for a minute or followed by its
 * standby, a Redis that forgets, a gateway that is cut off, clocks that differ. Each ends with
 * books that agree to the last row.
 */
@Tag("socket")
@Timeout(240)
final class FleetFaultsTest {
  @RegisterExtension
  static final RedisServer REDIS = new RedisServer("--bind", "0.0.0.0", "--protected-mode", "no");

  @TempDir private Path folder;

  private Fleet fleet(StoreAddress at, List<Place> places) throws IOException {
    String limits = "limits: { shared: \"redis://127.0.0.1:%d/0\" }\n".formatted(REDIS.port());
    return Fleet.start(folder, at, places, limits);
  }

  @Test
  void aStandbyTakesOver() throws Exception {
    try (Postgres primary = Postgres.start();
        Postgres standby = primary.standby()) {
      var at = primary.with(standby, primary.database(folder.resolve("journals")));
      try (Fleet fleet = fleet(at, Place.ALL_HERE)) {
        fleet.allAnswer(2);
        try (RawHttp running = fleet.held(0)) {
          primary.down();
          fleet.allAnswer(2);
          standby.promote();
          fleet.finishes(0, running);
        }
        fleet.booked(13);
        fleet.allAnswer(2);
        fleet.booked(19);
      }
    }
  }

  @Test
  void aMinuteWithoutPostgresqlCostsNoStream() throws Exception {
    try (Postgres server = Postgres.start();
        Fleet fleet = fleet(server.database(folder.resolve("journals")), Place.ALL_HERE)) {
      fleet.allAnswer(1);
      int asked = Gateways.COUNT;
      try (RawHttp running = fleet.held(0)) {
        server.down();
        for (Instant end = Instant.now().plusSeconds(60); Instant.now().isBefore(end); ) {
          fleet.allAnswer(1);
          asked += Gateways.COUNT;
          LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        }
        server.up();
        fleet.finishes(0, running);
      }
      fleet.allAnswer(1);
      fleet.booked(asked + 1 + Gateways.COUNT);
    }
  }

  @Test
  void aSlowPostgresqlHoldsNoAnswerUp() throws Exception {
    try (Postgres server = Postgres.start();
        Fleet fleet = fleet(server.database(folder.resolve("journals")), Place.ALL_HERE)) {
      fleet.allAnswer(1);
      var over = new AtomicBoolean();
      Thread slow = Thread.startVirtualThread(() -> crawl(server, over));
      long before = System.nanoTime();
      fleet.allAnswer(20);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .as("sixty answers one behind the other, beside stops of half a second")
          .isLessThan(Duration.ofSeconds(15));
      over.set(true);
      slow.join();
      fleet.booked(63);
    }
  }

  /** Lets it run for a twentieth of a second in half a one. */
  private static void crawl(Postgres server, AtomicBoolean over) {
    while (!over.get()) {
      server.pause(true);
      LockSupport.parkNanos(Duration.ofMillis(450).toNanos());
      server.pause(false);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Test
  void aRedisThatForgetsLetsThroughWhatALimitAllowsOnceMore() throws Exception {
    try (Postgres server = Postgres.start();
        Fleet fleet = fleet(server.database(folder.resolve("journals")), Place.ALL_HERE)) {
      fleet.newKey(12);
      KeyWatch.letLook();
      try (RawHttp running = fleet.held(0)) {
        assertThat(admitted(fleet, 8)).isBetween(8 - Gateways.COUNT, 8);
        REDIS.command("FLUSHALL");
        assertThat(admitted(fleet, 30)).isLessThanOrEqualTo(12 + Gateways.COUNT);
        fleet.finishes(0, running);
      }
      fleet.booked(39);
    }
  }

  private static int admitted(Fleet fleet, int asked) throws IOException {
    int admitted = 0;
    for (int i = 0; i < asked; i++) {
      Response answer = fleet.answer(i % Gateways.COUNT);
      assertThat(answer.status()).as(answer.text()).isIn(200, 429);
      admitted += answer.status() == 200 ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void aGatewayThatIsCutOffFromTheStoresGoesOnAndIsBookedBehindIt() throws Exception {
    try (FarHost far = FarHost.start();
        Postgres server = Postgres.startAt("127.0.0.1," + FarHost.STORES)) {
      var there = new Place(far.before(), FarHost.ADDRESS, FarHost.HERE, FarHost.STORES);
      var places = List.of(there, Place.HERE, Place.HERE);
      try (Fleet fleet = fleet(server.database(folder.resolve("journals")), places)) {
        fleet.allAnswer(2);
        try (RawHttp running = fleet.held(0)) {
          far.cut(true);
          for (int i = 0; i < 10; i++) {
            fleet.allAnswer(1);
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
          }
          fleet.finishes(0, running);
          far.cut(false);
        }
        fleet.booked(37);
        fleet.allAnswer(1);
        fleet.booked(40);
      }
    }
  }

  @Test
  void clocksThatDifferByFiveSecondsChangeNothing() throws Exception {
    String library = Given.library("libfaketime.so.1").toString();
    try (Postgres server = Postgres.start();
        Fleet fleet =
            fleet(
                server.database(folder.resolve("journals")),
                List.of(clock(library, "-5s"), Place.HERE, clock(library, "+5s")))) {
      int asked = 1;
      for (; fleet.answer(0).status() == 503; asked++) {
        // Its clock has yet to come to the moment from which there is a price.
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      }
      fleet.newKey(9);
      KeyWatch.letLook();
      assertThat(admitted(fleet, 24)).isBetween(9 - Gateways.COUNT, 9);
      fleet.newKey(100_000);
      KeyWatch.letLook();
      fleet.allAnswer(5);
      fleet.booked(asked + 39);
    }
  }

  @Test
  void whatAKilledGatewayHeldIsTheOthersSoon() throws Exception {
    try (Postgres server = Postgres.start();
        Fleet fleet = fleet(server.database(folder.resolve("journals")), Place.ALL_HERE)) {
      String key = fleet.newKey(100_000);
      fleet.corrects(3_000 - Fleet.MONEY);
      KeyWatch.letLook();
      fleet.allAnswer(1);
      // Only now: a place that one of them gives back is another's a moment later.
      new LimitStore(fleet.store().dataSource(), "test")
          .change(Level.KEY, key, _ -> new Limits(100_000, 0, 1, 0, 0, 0));
      KeyWatch.letLook();
      try (RawHttp _ = fleet.held(0)) {
        assertThat(fleet.answer(1).status()).as("its one place is taken").isEqualTo(429);
        fleet.gateways().run(0).signal("KILL");
        await("its place")
            .atMost(Fleet.SOON)
            .until(() -> fleet.answer(1).status(), status -> status == 200);
      }
      await("its third of the money")
          .atMost(Fleet.SOON)
          .until(() -> spends(fleet), left -> left < 600);
      fleet.gateways().again(0);
      await("the killed request's row")
          .atMost(Fleet.SOON)
          .until(
              () ->
                  fleet.rows().stream().anyMatch(row -> "gateway_killed".equals(row.errorCode())));
      assertThat(Reconciliation.of(fleet.store().dataSource()).told()).isEmpty();
    }
  }

  @Test
  void aRollingRestartBreaksNoStreamAndLosesNoRow() throws Exception {
    try (Postgres server = Postgres.start();
        Fleet fleet = fleet(server.database(folder.resolve("journals")), Place.ALL_HERE)) {
      for (int i = 0; i < Gateways.COUNT; i++) {
        try (RawHttp running = fleet.held(i)) {
          fleet.gateways().run(i).signal("TERM");
          fleet.answers((i + 1) % Gateways.COUNT, 2);
          fleet.answers((i + 2) % Gateways.COUNT, 2);
          fleet.finishes(i, running);
        }
        assertThat(fleet.gateways().run(i).status()).as("ended by SIGTERM").isEqualTo(143);
        fleet.gateways().again(i);
      }
      fleet.booked(15);
    }
  }

  /** Asks for what may be more than there is; returns what the balance is then. */
  private static long spends(Fleet fleet) throws IOException {
    try (RawHttp client = fleet.asks(1, "[[tokens=200]]")) {
      assertThat(client.response().status()).isIn(200, 402);
    }
    return fleet.nile().balance();
  }

  /** A wall clock that is so much apart; what measures time goes as it did. */
  private static Place clock(String library, String apart) {
    return Place.here(
        "/usr/bin/env",
        "LD_PRELOAD=" + library,
        "FAKETIME=" + apart,
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        "FAKETIME_FORCE_MONOTONIC_FIX=0");
  }
}
