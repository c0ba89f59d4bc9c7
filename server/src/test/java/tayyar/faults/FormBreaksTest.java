package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Called;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers that break off inside a tool call or a JSON document are never continued, even where the
 * model continues broken answers: another target would begin the call or the document anew.
 */
@Tag("socket")
class FormBreaksTest {
  private static final List<String> FAULTS =
      List.of("cut", "reset", "stall", "garbage", "errorevent", "badframe", "endless");

  /** Text of two tokens, then two calls: a moment in each part of the first, one in the second. */
  @ParameterizedTest
  @CsvSource({"calls@2, 3", "calls@2, 4", "calls@2, 6", "calls@0, 1", "calls@2, 12"})
  void insideACallNothingGoesOn(String words, int moment) throws IOException {
    for (String fault : FAULTS) {
      try (var fleet = TestFleet.continuing(words + " " + fault + "@" + moment, words)) {
        Response response = fleet.chat(Requests.withTools(ask(true)));

        assertToldOnce(fleet, response, fault, moment);
        Events events = response.events();
        List<Called> calls = Called.of(events);
        assertThat(calls).isNotEmpty();
        assertThat(calls.getFirst().name()).isEqualTo("weather");
        int text = Integer.parseInt(words.substring("calls@".length()));
        assertThat(events.content().split(" ", -1)).hasSize(text + 1);
        int pieces = calls.stream().mapToInt(call -> 1 + call.pieces().size()).sum();
        assertThat(text + pieces).isEqualTo(moment);
      }
    }
  }

  /** The text before a call can be continued like any other. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void beforeACallTextGoesOn(int moment) throws IOException {
    try (var fleet = TestFleet.continuing("calls@3 cut@" + moment, "calls@3")) {
      Response response = fleet.chat(Requests.withTools(ask(true)));

      assertThat(response.events().content().split(" ", -1)).hasSize(4);
      assertThat(Called.of(response.events())).hasSize(2);
      assertThat(response.events().finishReason()).isEqualTo("tool_calls");
      assertThat(fleet.row(response).attempts()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void insideJsonNothingGoesOn(int moment) throws IOException {
    String whole;
    try (var fleet = TestFleet.pair("")) {
      whole = fleet.chat(Requests.withSchema(ask(true))).events().content();
    }
    for (String fault : FAULTS) {
      try (var fleet = TestFleet.continuing(fault + "@" + moment, "")) {
        Response response = fleet.chat(Requests.withSchema(ask(true)));

        assertToldOnce(fleet, response, fault, moment);
        String content = response.events().content();
        assertThat(whole).startsWith(content).hasSizeGreaterThan(content.length());
        assertThat(content).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"calls@2 cut@4", "calls@2 stall@3", "cut@3", "errorevent@2"})
  void wholeAnswersFailWithAStatus(String words) throws IOException {
    UnaryOperator<ObjectNode> form =
        words.startsWith("calls") ? Requests::withTools : Requests::withSchema;
    try (var fleet = TestFleet.continuing(words, "")) {
      Response response = fleet.chat(form.apply(ask(false)));

      assertThat(response.status()).isEqualTo(503);
      assertThat(response.error().path("code").asString()).startsWith("upstream_");
      assertThat(fleet.simulator(1).requests()).isZero();
      assertThat(fleet.row(response).attempts()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut@0", "stall@0", "errorevent@0", "status=500", "refuse", "empty"})
  void beforeTheFirstTokenTheNextTargetIsAsked(String fault) throws IOException {
    for (boolean stream : new boolean[] {true, false}) {
      try (var fleet = TestFleet.continuing("calls@0 " + fault, "calls@0")) {
        Response response = fleet.chat(Requests.withTools(ask(stream)));

        List<Called> calls = stream ? Called.of(response.events()) : Called.of(response.json());
        assertThat(calls).extracting(Called::name).containsExactly("weather", "now");
        assertSecond(fleet, response);
      }
      try (var fleet = TestFleet.continuing(fault, "")) {
        assertSecond(fleet, fleet.chat(Requests.withSchema(ask(stream))));
      }
    }
  }

  private static ObjectNode ask(boolean stream) {
    return Requests.chat(TestFleet.MODEL, "[[seed=3]]", stream);
  }

  private static void assertSecond(TestFleet fleet, Response response) {
    assertThat(response.status()).isEqualTo(200);
    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.attempts()).isEqualTo(2);
    assertThat(row.target()).isEqualTo("t1");
  }

  /**
   * The client sees an error event and no false end, the ledger has one row, and the second target
   * is not asked.
   */
  private static void assertToldOnce(TestFleet fleet, Response response, String fault, int tokens) {
    Events events = response.events();
    boolean late = fault.equals("stall");
    String code = fault.equals("endless") ? "unreadable_answer" : "upstream_failed";
    assertThat(response.status()).isEqualTo(200);
    assertThat(events.error().path("code").asString()).isEqualTo(late ? "upstream_timeout" : code);
    assertThat(events.error()).hasSize(4);
    assertThat(events.finishReason()).isEmpty();
    assertThat(events.done()).isTrue();
    assertThat(fleet.simulator(1).requests()).isZero();
    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo(late ? "timed_out" : "failed");
    assertThat(row.status()).isEqualTo(200);
    assertThat(row.attempts()).isEqualTo(1);
    assertThat(row.target()).isEqualTo("t0");
    assertThat(row.completionTokens()).isEqualTo(tokens);
  }
}
