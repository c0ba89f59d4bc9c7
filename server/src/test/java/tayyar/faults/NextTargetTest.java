package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.simulate.Simulator;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** A target fails before its first token: the next one answers and the client notices nothing. */
@Tag("socket")
class NextTargetTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "refuse",
        "status=500",
        "status=502",
        "status=503",
        "status=503 retryafter=9",
        "status=401",
        "status=404",
        "status=429",
        "status=429 retryafter=9",
        "hang",
        "stall@0",
        "earlyhead stall@0",
        "cut@0",
        "reset@0",
        "garbage@0",
        "badframe@0",
        "errorevent@0",
        "empty",
      })
  void theNextTargetAnswers(String fault) throws IOException {
    try (var fleet = TestFleet.streaming(TestFleet.QUICK, fault, "")) {
      for (boolean stream : new boolean[] {true, false}) {
        var body = Requests.chat(TestFleet.MODEL, "[[tokens=5]]", stream);
        Response response = fleet.chat(body);

        assertThat(response.status()).isEqualTo(200);
        if (stream) {
          assertThat(response.events().content().split(" ", -1)).hasSize(6);
          assertThat(response.events().finishReason()).isEqualTo("stop");
          assertThat(response.events().error().isMissingNode()).isTrue();
          assertThat(response.events().done()).isTrue();
        }
        assertThat(response.field("X-Tayyar-Target")).isEqualTo("t1");
        LedgerRow row = fleet.row(response);
        assertThat(row.outcome()).isEqualTo("completed");
        assertThat(row.status()).isEqualTo(200);
        assertThat(row.target()).isEqualTo("t1");
        assertThat(row.completionTokens()).isEqualTo(5);
        assertThat(row.estimated()).isFalse();
      }
      assertThat(fleet.simulator(0).requests()).isBetween(1L, 2L);
      assertThat(fleet.simulator(1).requests()).isEqualTo(2);
    }
  }

  @Test
  void aTargetThatCannotBeReachedIsNoObstacle() throws IOException {
    try (var fleet = TestFleet.pair("", "")) {
      fleet.simulator(0).close();
      Response response = fleet.stream("[[tokens=5]]");

      assertThat(response.status()).isEqualTo(200);
      LedgerRow row = fleet.row(response);
      assertThat(row.attempts()).isEqualTo(2);
      assertThat(row.target()).isEqualTo("t1");
    }
  }

  @Test
  void theTriesAreCounted() throws IOException {
    try (var fleet = TestFleet.pair("status=500", "cut@0", "")) {
      Response response = fleet.stream("[[tokens=5]]");

      LedgerRow row = fleet.row(response);
      assertThat(row.attempts()).isEqualTo(3);
      assertThat(row.target()).isEqualTo("t2");
      assertThat(fleet.simulator(0).requests()).isEqualTo(1);
      assertThat(fleet.simulator(1).requests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "status=500,               upstream_failed,   failed",
    "cut@0,                    upstream_failed,   failed",
    "empty,                    upstream_failed,   failed",
    "hang,                     upstream_timeout,  timed_out",
    "status=429 retryafter=9,  queue_full,        failed",
  })
  void ifAllFailTheLastErrorIsTold(String fault, String code, String outcome) throws IOException {
    try (var fleet = TestFleet.pair("status=500", fault)) {
      Response response = fleet.stream("[[tokens=5]]");

      assertThat(response.status()).isEqualTo(503);
      assertThat(response.error().path("code").asString()).isEqualTo(code);
      assertThat(response.error().path("type").asString()).isEqualTo("service_unavailable");
      assertThat(response.field("Retry-After")).isNotEmpty();
      LedgerRow row = fleet.row(response);
      assertThat(row.status()).isEqualTo(503);
      assertThat(row.outcome()).isEqualTo(outcome);
      assertThat(row.attempts()).isEqualTo(2);
      assertThat(row.completionTokens()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 413, 415, 422})
  void theRequestsOwnFaultIsNotTriedAgain(int status) throws IOException {
    try (var fleet = TestFleet.pair("status=" + status, "")) {
      Response response = fleet.stream("[[tokens=5]]");

      assertThat(response.status()).isEqualTo(status);
      assertThat(fleet.simulator(1).requests()).isZero();
      assertThat(fleet.row(response).attempts()).isEqualTo(1);
    }
  }

  @Test
  void aTargetThatKeepsFailingIsAvoidedAndComesBack() throws IOException {
    try (var fleet = TestFleet.pair("status=500", "")) {
      for (int i = 0; i < 10; i++) {
        assertThat(fleet.stream("[[tokens=2]]").status()).isEqualTo(200);
      }
      assertThat(fleet.simulator(0).requests()).isEqualTo(3);

      fleet.simulator(1).script(tayyar.simulate.Script.of("status=500"));
      fleet.simulator(0).script(tayyar.simulate.Script.of(""));
      Response response = fleet.stream("[[tokens=2]]");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.field("X-Tayyar-Target")).isEqualTo("t0");
    }
  }

  @Test
  void aTargetThatKeepsStallingIsAvoided() throws IOException {
    try (var fleet = TestFleet.pair("stall@1", "")) {
      for (int i = 0; i < 3; i++) {
        Response response = fleet.stream("[[tokens=2]]");
        assertThat(response.events().error().path("code").asString()).isEqualTo("upstream_timeout");
        assertThat(fleet.row(response).outcome()).isEqualTo("timed_out");
      }
      assertThat(fleet.stream("[[tokens=2]]").field("X-Tayyar-Target")).isEqualTo("t1");
    }
  }

  @Test
  void retryAfterIsHonoured() throws IOException {
    try (var fleet = TestFleet.pair("status=429 retryafter=30")) {
      Response first = fleet.stream("[[tokens=2]]");
      assertThat(first.status()).isEqualTo(503);
      assertThat(first.error().path("code").asString()).isEqualTo("queue_full");
      assertThat(first.field("Retry-After")).isEqualTo("30");

      fleet.simulator(0).script(tayyar.simulate.Script.of(""));
      Response second = fleet.stream("[[tokens=2]]");

      assertThat(second.status()).isEqualTo(503);
      assertThat(Integer.parseInt(second.field("Retry-After"))).isBetween(1, 30);
      assertThat(fleet.simulator(0).requests()).isEqualTo(1);
      assertThat(fleet.row(second).attempts()).isZero();
    }
  }

  @Test
  void anotherModelAnswersAndSaysSo() throws IOException {
    Fleet.Rules plain = TestFleet.rules();
    var rules =
        new Fleet.Rules(plain.policy(), List.of("small"), 100, Streams.WANTED, TestFleet.QUICK);
    try (var fleet =
        TestFleet.start(
            List.of("status=500", "status=500", ""),
            all ->
                List.of(
                    TestFleet.model("large", rules, all.subList(0, 2)),
                    TestFleet.model("small", plain, all.subList(2, 3))))) {
      Response fallen = fleet.chat(Requests.chat("large-alias", "[[tokens=3]]", true));
      assertThat(fallen.status()).isEqualTo(200);
      assertThat(fallen.events().chunks())
          .allMatch(chunk -> chunk.path("model").asString().equals("small"));
      assertThat(fleet.row(fallen).attempts()).isEqualTo(3);
      assertThat(fleet.row(fallen).model()).isEqualTo("large");

      Response whole = fleet.chat(Requests.chat("large", "[[tokens=3]]", false));
      assertThat(whole.json().path("model").asString()).isEqualTo("small");

      Response direct = fleet.chat(Requests.chat("small-alias", "[[tokens=3]]", true));
      assertThat(direct.events().chunks())
          .allMatch(chunk -> chunk.path("model").asString().equals("small-alias"));
    }
  }

  @Test
  void theClientLeavesWhileTargetsAreTried() throws IOException {
    try (var fleet = TestFleet.pair("hang", "hang")) {
      String body = Requests.chat(TestFleet.MODEL, "hello", true).toString();
      try (var client = fleet.connect()) {
        client.send(Requests.post(fleet.key(), body));
        Simulator first = fleet.simulator(0);
        var exchange = first.next(TestGateway.SOON);
        assertThat(fleet.inFlight()).isEqualTo(1);
        client.reset();
        exchange.awaitEnd(TestGateway.SOON);
      }
      fleet.assertNothingLeft();
      assertThat(fleet.simulator(1).requests()).isZero();
      LedgerRow row = fleet.rowOfWhoLeft();
      assertThat(row.outcome()).isEqualTo("client_gone");
      assertThat(row.attempts()).isEqualTo(1);
    }
  }
}
