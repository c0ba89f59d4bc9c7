package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Events;
import tayyar.testing.Fault;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/**
 * Each fault at each moment, streamed and not, with one target and with a second, healthy one.
 * Checks the client's view, the ledger's row, and that no permit, place, timer or connection is
 * left.
 */
@Tag("socket")
class FaultMatrixTest {
  private static final int TOKENS = Fault.TOKENS;
  private static final String WHOLE = "0 1 2 3 4 5 6 7 8 ";

  static List<Fault> faults() {
    return Fault.all();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void withOneTarget(Fault fault) throws IOException {
    try (var fleet = TestFleet.streaming(fault.deadlines(), "numbered " + fault)) {
      for (boolean stream : new boolean[] {true, false}) {
        Response response = ask(fleet, stream);

        if (!fault.fatal()) {
          response.assertWhole(stream, WHOLE);
          assertRow(fleet, response, "completed", 200, TOKENS);
        } else if (stream && fault.tokens() > 0) {
          assertBrokeOff(response, fault);
          assertRow(fleet, response, fault.outcome(), 200, fault.tokens());
        } else {
          assertRefused(response, fault);
          assertRow(fleet, response, fault.outcome(), fault.status(), fault.tokens());
        }
        assertNothingHeld(fleet, fault);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void withASecondTargetThatIsWell(Fault fault) throws IOException {
    for (boolean stream : new boolean[] {true, false}) {
      try (var fleet = TestFleet.streaming(fault.deadlines(), "numbered " + fault, "numbered")) {
        Response response = ask(fleet, stream);

        if (!fault.fatal() || (fault.tokens() == 0 && !fault.tooLarge())) {
          response.assertWhole(stream, WHOLE);
          LedgerRow row = assertRow(fleet, response, "completed", 200, TOKENS);
          assertThat(row.target()).isEqualTo(fault.fatal() ? "t1" : "t0");
          assertThat(row.attempts()).isEqualTo(fault.fatal() ? 2 : 1);
        } else {
          assertThat(fleet.simulator(1).requests()).as("asked though tokens had come").isZero();
          int status = stream && fault.tokens() > 0 ? 200 : fault.status();
          assertRow(fleet, response, fault.outcome(), status, fault.tokens());
        }
        assertNothingHeld(fleet, fault);
      }
    }
  }

  /** The counter-proof: timers are visible while a stream runs. */
  @Test
  void timersAreSeenWhileAStreamIsUnderWay() throws IOException {
    try (var fleet = TestFleet.pair("hold@2");
        RawHttp client = fleet.connect()) {
      String body = Requests.chat(TestFleet.MODEL, "hello", true).toString();
      client.send(Requests.post(fleet.key(), body)).head();
      ReceivedRequest upstream = fleet.simulator(0).next(TestGateway.SOON);
      upstream.awaitHeld(TestGateway.SOON);

      // The client's connection, the whole answer, the target that is asked.
      assertThat(fleet.timers()).hasSize(3).allMatch(timer -> timer.contains("Deadlines"));
      upstream.release();
    }
  }

  private static Response ask(TestFleet fleet, boolean stream) throws IOException {
    return fleet.chat(Requests.chat(TestFleet.MODEL, "[[tokens=" + TOKENS + "]]", stream));
  }

  /** The client saw all tokens before the fault, then an error and no false end. */
  private static void assertBrokeOff(Response response, Fault fault) {
    assertThat(response.status()).isEqualTo(200);
    Events events = response.events();
    assertThat(events.content()).isEqualTo(WHOLE.substring(0, 2 * fault.tokens()));
    assertThat(events.finishReason()).isEmpty();
    assertThat(events.error().path("code").asString()).isEqualTo(fault.code());
    assertThat(events.done()).isTrue();
  }

  private static void assertRefused(Response response, Fault fault) {
    assertThat(response.status()).isEqualTo(fault.status());
    assertThat(response.error().path("code").asString()).isEqualTo(fault.code());
    assertThat(response.head().has("Retry-After")).isEqualTo(!fault.tooLarge());
  }

  private static LedgerRow assertRow(
      TestFleet fleet, Response response, String outcome, int status, int tokens) {
    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo(outcome);
    assertThat(row.status()).isEqualTo(status);
    assertThat(row.completionTokens()).isEqualTo(tokens);
    return row;
  }

  /** A connection is kept only where the answer came to an end by itself: one for each loop. */
  private static void assertNothingHeld(TestFleet fleet, Fault fault) {
    fleet.assertNothingLeft();
    fleet.assertNoTimerLeft();
    var failing = fleet.simulator(0);
    Awaitility.await("the upstream connections to be closed")
        .atMost(TestGateway.SOON)
        .until(() -> failing.openConnections() <= (fault.ends() ? 2 : 0));
  }
}
