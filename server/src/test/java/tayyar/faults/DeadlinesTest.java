package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.Offer;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.testing.FullListener;
import tayyar.testing.Gates;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** Each model has deadlines of its own: to connect, to the first token, between two, for all. */
@Tag("socket")
class DeadlinesTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Bounds PATIENT = Gates.answer(LONG, LONG, LONG).with(Deadline.CONNECT, LONG);

  private static Offer.Remote model(String name, Bounds bounds, List<Target> targets) {
    var rules = new Fleet.Rules(TestFleet.rules().policy(), List.of(), 100, Streams.WANTED, bounds);
    return TestFleet.model(name, rules, targets);
  }

  /** The same target by four models, each with one short deadline, and by one without. */
  private static TestFleet fleet() throws IOException {
    return TestFleet.start(
        List.of(""),
        all ->
            List.of(
                model("connect", PATIENT.with(Deadline.CONNECT, SHORT), all),
                model("first", PATIENT.with(Deadline.FIRST_TOKEN, SHORT), all),
                model("between", PATIENT.with(Deadline.BETWEEN_TOKENS, SHORT), all),
                model("total", PATIENT.with(Deadline.TOTAL, SHORT), all),
                model("none", PATIENT, all)));
  }

  @ParameterizedTest
  @CsvSource({
    "first,   tokens=3 stall@0",
    "between, tokens=3 stall@1",
    "total,   tokens=3 stall@0",
    "total,   tokens=1000 pace=10ms",
  })
  void aModelsOwnDeadlineEndsItsAnswers(String model, String words) throws IOException {
    try (var fleet = fleet()) {
      Response response = fleet.chat(Requests.chat(model, "[[" + words + "]]", true));

      boolean early = words.endsWith("@0");
      assertThat(response.status()).isEqualTo(early ? 503 : 200);
      assertThat((early ? response.error() : response.events().error()).path("code").asString())
          .isEqualTo("upstream_timeout");
      assertThat(fleet.row(response).outcome()).isEqualTo("timed_out");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "between, first=600ms",
    "first, pace=600ms",
    "connect, first=600ms",
    "none, first=1s"
  })
  void theOthersDeadlinesAreNotIts(String model, String words) throws IOException {
    try (var fleet = fleet()) {
      String text = "[[tokens=2 " + words + "]]";
      Response response = fleet.chat(Requests.chat(model, text, true));

      assertThat(response.events().finishReason()).isEqualTo("stop");
      assertThat(fleet.row(response).outcome()).isEqualTo("completed");
    }
  }

  /** Models whose first target takes no connection; the second one is well where there is one. */
  private static TestFleet fleet(FullListener full, String... scripts) throws IOException {
    var address = new Address.Tcp("127.0.0.1", full.port(), false);
    var first = new Target("full", address, "/v1", "m", null);
    return TestFleet.start(
        List.of(scripts),
        all -> {
          List<Target> targets = new ArrayList<>(List.of(first));
          targets.addAll(all);
          return List.of(
              model("quick", PATIENT.with(Deadline.CONNECT, SHORT), targets),
              model("patient", PATIENT, targets));
        });
  }

  @Test
  void afterALateConnectionTheNextTargetIsAsked() throws IOException {
    try (var full = new FullListener();
        var fleet = fleet(full, "")) {
      for (boolean stream : new boolean[] {true, false}) {
        long began = System.nanoTime();
        Response response = fleet.chat(Requests.chat("quick", "[[tokens=2]]", stream));

        assertThat(response.status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(SHORT, LONG.dividedBy(6));
        LedgerRow row = fleet.row(response);
        assertThat(row.outcome()).isEqualTo("completed");
        assertThat(row.target()).isEqualTo("t0");
        assertThat(row.attempts()).isEqualTo(2);
      }
    }
  }

  @Test
  void withoutAnotherTargetTheClientIsTold() throws IOException {
    try (var full = new FullListener();
        var fleet = fleet(full)) {
      Response response = fleet.chat(Requests.chat("quick", "hello", true));

      assertThat(response.status()).isEqualTo(503);
      assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
      assertThat(fleet.row(response).outcome()).isEqualTo("failed");
    }
  }

  @Test
  void aClientThatLeavesWhileItIsConnectedLeavesNothing() throws IOException {
    try (var full = new FullListener();
        var fleet = fleet(full, "")) {
      try (RawHttp client = fleet.connect()) {
        String body = Requests.chat("patient", "hello", true).toString();
        client.send(Requests.post(fleet.key(), body));
        Awaitility.await("a place").atMost(TestGateway.SOON).until(() -> fleet.inFlight() == 1);
        client.reset();
      }
      LedgerRow row = fleet.rowOfWhoLeft();
      assertThat(row.outcome()).isEqualTo("client_gone");
      assertThat(row.target()).isEqualTo("full");
      fleet.assertNothingLeft();
      fleet.assertNoTimerLeft();
    }
  }
}
