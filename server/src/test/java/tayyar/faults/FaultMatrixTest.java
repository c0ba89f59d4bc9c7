package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.api.Bounds;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Events;
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
  private static final int TOKENS = 9;
  private static final String WHOLE = "0 1 2 3 4 5 6 7 8 ";
  private static final List<Integer> MOMENTS = List.of(0, 1, TOKENS / 2, TOKENS - 1);

  /**
   * A fault.
   *
   * @param words the simulator's
   * @param tokens how many tokens come first; all where it comes behind the last
   * @param fatal false where the answer is whole all the same
   */
  record Fault(String words, int tokens, boolean fatal) {
    boolean ends() {
      return words.matches("empty|plain|status=.*|no.*");
    }

    /** An answer above our own bound may be good; no other target is asked. */
    boolean tooLarge() {
      return words.contains("endless");
    }

    boolean late() {
      return words.contains("hang") || words.contains("stall");
    }

    /**
     * Where the fault is not a delay, the deadlines are so long that a forgotten timer is still set
     * at the end.
     */
    Bounds deadlines() {
      return late() ? TestFleet.QUICK : Bounds.DEFAULT;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  static Stream<Fault> faults() {
    List<Fault> all = new ArrayList<>();
    for (String words :
        List.of("cut", "reset", "stall", "garbage", "errorevent", "endless", "badframe")) {
      MOMENTS.forEach(at -> all.add(new Fault(words + "@" + at, at, true)));
    }
    for (String words : List.of("refuse", "hang", "empty", "status=500", "status=503")) {
      all.add(new Fault(words, 0, true));
    }
    all.add(new Fault("earlyhead hang", 0, true));
    all.add(new Fault("earlyhead cut@0", 0, true));
    all.add(new Fault("nofinish", TOKENS, false));
    all.add(new Fault("plain", TOKENS, false));
    all.add(new Fault("nodone", TOKENS, false));
    all.add(new Fault("closes", TOKENS, false));
    return all.stream();
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
          assertRow(fleet, response, outcome(fault), 200, fault.tokens());
        } else {
          assertRefused(response, fault);
          assertRow(fleet, response, outcome(fault), status(fault), fault.tokens());
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
          int status = stream && fault.tokens() > 0 ? 200 : status(fault);
          assertRow(fleet, response, outcome(fault), status, fault.tokens());
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

  private static String outcome(Fault fault) {
    return fault.late() ? "timed_out" : "failed";
  }

  private static int status(Fault fault) {
    return fault.tooLarge() ? 502 : 503;
  }

  private static String code(Fault fault) {
    if (fault.tooLarge()) {
      return "unreadable_answer";
    }
    return fault.late() ? "upstream_timeout" : "upstream_failed";
  }

  /** The client saw all tokens before the fault, then an error and no false end. */
  private static void assertBrokeOff(Response response, Fault fault) {
    assertThat(response.status()).isEqualTo(200);
    Events events = response.events();
    assertThat(events.content()).isEqualTo(WHOLE.substring(0, 2 * fault.tokens()));
    assertThat(events.finishReason()).isEmpty();
    assertThat(events.error().path("code").asString()).isEqualTo(code(fault));
    assertThat(events.done()).isTrue();
  }

  private static void assertRefused(Response response, Fault fault) {
    assertThat(response.status()).isEqualTo(status(fault));
    assertThat(response.error().path("code").asString()).isEqualTo(code(fault));
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
