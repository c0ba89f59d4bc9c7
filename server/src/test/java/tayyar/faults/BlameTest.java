package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.testing.BytesUpstream;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/**
 * Faults of the request itself, and answers that this server cannot read, do not count against a
 * target: the client gets the first target's error, no other target is asked, and the breaker stays
 * closed.
 */
@Tag("socket")
class BlameTest {
  /** More than would open a breaker: three in a row, or half of eight. */
  private static final int TIMES = 12;

  private static final String GOOD =
      "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"well\"},\"finish_reason\":\"stop\"}]}";

  /**
   * A bad answer.
   *
   * @param what it is
   * @param data the first event of its stream
   * @param status what the client gets
   * @param code the error's
   * @param tried the ledger's words
   */
  record Bad(String what, String data, int status, String code, String tried) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Bad refused(String what, int status, String code, String data) {
    return new Bad(what, data, status, code, "refused, it answered with status " + status + ".");
  }

  private static String deep(int levels) {
    return "{\"choices\":[],\"x\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
  }

  static final List<Bad> BAD =
      List.of(
          refused("a number", 400, "400", "{\"error\":{\"message\":\"no\",\"code\":400}}"),
          refused("in figures", 422, "422", "{\"error\":{\"message\":\"no\",\"code\":\"422\"}}"),
          refused(
              "a word",
              400,
              "context_length_exceeded",
              "{\"error\":{\"message\":\"no\",\"code\":\"context_length_exceeded\"}}"),
          refused("an array", 400, "400", "[{\"error\":{\"code\":400,\"message\":\"no\"}}]"),
          refused(
              "no envelope", 400, "400", "{\"object\":\"error\",\"message\":\"no\",\"code\":400}"),
          new Bad(
              "a call of a tool that its own server made no sense of",
              "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"MALFORMED_FUNCTION_CALL\"}]}",
              502,
              "unreadable_answer",
              "unreadable_answer, its server made no sense of what the model wrote."),
          new Bad(
              "too deep",
              deep(2_000),
              502,
              "unreadable_answer",
              "unreadable_answer, a part of it is nested too deep, or too long."),
          new Bad(
              "too large",
              "{\"choices\":[],\"x\":\"" + "x".repeat(5 << 20) + "\"}",
              502,
              "unreadable_answer",
              "unreadable_answer, an event of it is larger than 4194304 bytes."));

  @ParameterizedTest
  @FieldSource("BAD")
  void takesTheTargetFromNobody(Bad bad) throws IOException {
    try (var first = new BytesUpstream();
        var second = new BytesUpstream().streams(GOOD);
        var fleet = TestFleet.before(first, second)) {
      first.streams(bad.data());
      List<Response> responses = new ArrayList<>();
      for (int i = 0; i < TIMES; i++) {
        responses.add(fleet.chat(Requests.chat(TestFleet.MODEL, "bad", i % 2 == 0)));
      }
      for (Response response : responses) {
        assertThat(response.status()).isEqualTo(bad.status());
        assertThat(response.error().path("code").asString()).isEqualTo(bad.code());
        LedgerRow row = fleet.row(response);
        assertThat(row.status()).isEqualTo(bad.status());
        assertThat(row.outcome()).isEqualTo("failed");
        assertThat(row.attempts()).isEqualTo(1);
        assertThat(row.completionTokens()).isZero();
        assertThat(row.tries().replaceFirst(" [0-9]+ ms", "")).isEqualTo("t0 " + bad.tried());
      }
      assertThat(first.requests()).isEqualTo(TIMES);
      assertThat(second.requests()).as("asked for the same").isZero();

      first.streams(GOOD);
      assertServedByTheFirst(fleet);
    }
  }

  private static void assertServedByTheFirst(TestFleet fleet) throws IOException {
    String body = Requests.chat(TestFleet.MODEL, "good", true).toString();
    Response good = fleet.send(Requests.post(fleet.newKey(), body));
    good.assertWhole(true, "well");
    assertThat(good.field("X-Tayyar-Target")).isEqualTo("t0");
    assertThat(fleet.row(good).outcome()).isEqualTo("completed");
    assertThat(fleet.row(good).tries()).isEmpty();
  }

  /** The counter-proof: the target's own faults do open the breaker. */
  @Test
  void theTargetsOwnFaultsCount() throws IOException {
    try (var first = new BytesUpstream().streams("{\"error\":{\"message\":\"no\",\"code\":500}}");
        var second = new BytesUpstream().streams(GOOD);
        var fleet = TestFleet.before(first, second)) {
      for (int i = 0; i < TIMES; i++) {
        Response response = fleet.chat(Requests.chat(TestFleet.MODEL, "bad", true));
        assertThat(response.field("X-Tayyar-Target")).isEqualTo("t1");
      }
      assertThat(first.requests()).isEqualTo(3);
    }
  }

  /** Once an answer has begun, its error is an event without a status, in the same words. */
  @Test
  void inTheMiddleItIsAnEventOfTheSameWords() throws IOException {
    try (var fleet = TestFleet.continuing("errorevent@3 code=400", "")) {
      List<Response> responses = new ArrayList<>();
      for (int i = 0; i < TIMES; i++) {
        responses.add(fleet.stream("[[tokens=9 pace=1ms]]"));
      }
      for (Response response : responses) {
        assertThat(response.status()).isEqualTo(200);
        Events events = response.events();
        assertThat(events.content().split(" ", -1)).hasSize(4);
        assertThat(events.error().path("code").asString()).isEqualTo("400");
        assertThat(events.error().path("message").asString())
            .isEqualTo("The simulator was told to fail.");
        assertThat(events.finishReason()).isEmpty();
        assertThat(events.done()).isTrue();
        LedgerRow row = fleet.row(response);
        assertThat(row.status()).isEqualTo(200);
        assertThat(row.outcome()).isEqualTo("failed");
        assertThat(row.completionTokens()).isEqualTo(3);
        assertThat(row.attempts()).isEqualTo(1);
        assertThat(row.tries()).startsWith("t0 refused ");
      }
      assertThat(fleet.simulator(1).requests()).isZero();
      assertThat(fleet.simulator(0).requests()).isEqualTo(TIMES);
    }
  }

  @Test
  void tooLargeAnEventInTheMiddleEndsTheAnswer() throws IOException {
    try (var fleet = TestFleet.continuing("endless@3", "")) {
      for (int i = 0; i < 4; i++) {
        Response response = fleet.stream("[[tokens=9 pace=1ms]]");

        assertThat(response.events().error().path("code").asString())
            .isEqualTo("unreadable_answer");
        assertThat(fleet.row(response).attempts()).isEqualTo(1);
      }
      assertThat(fleet.simulator(1).requests()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"429", "529", "rate_limit_exceeded", "overloaded_error"})
  void aTargetThatIsBusy(String code) throws IOException {
    try (var fleet = TestFleet.pair("errorevent@0 code=" + code, "")) {
      Response response = fleet.stream("[[tokens=2]]");
      assertThat(response.field("X-Tayyar-Target")).isEqualTo("t1");
      assertThat(fleet.row(response).tries()).startsWith("t0 busy ").contains("; t1 completed ");
    }
  }

  @Test
  void withoutAnotherTargetTheClientGetsRetryAfter() throws IOException {
    try (var fleet = TestFleet.pair("errorevent@0 code=429")) {
      Response response = fleet.stream("[[tokens=2]]");

      assertThat(response.status()).isEqualTo(503);
      assertThat(response.error().path("code").asString()).isEqualTo("queue_full");
      assertThat(response.field("Retry-After")).isEqualTo("1");
      assertThat(fleet.row(response).status()).isEqualTo(503);
    }
  }

  /** For a client with half an answer it is a failure; the target rests all the same. */
  @Test
  void busyInTheMiddle() throws IOException {
    try (var fleet = TestFleet.pair("errorevent@3 code=429")) {
      Response response = fleet.stream("[[tokens=9 pace=1ms]]");
      assertThat(response.events().error().path("code").asString()).isEqualTo("upstream_failed");
      LedgerRow row = fleet.row(response);
      assertThat(row.outcome()).isEqualTo("failed");
      assertThat(row.tries()).startsWith("t0 busy ");
    }
  }

  @Test
  void busyInTheMiddleTheAnswerGoesOnElsewhereWhereItMay() throws IOException {
    try (var fleet = TestFleet.continuing("errorevent@3 code=429", "")) {
      Response response = fleet.stream("[[tokens=9 pace=1ms]]");

      assertThat(response.events().content().split(" ", -1)).hasSize(10);
      assertThat(fleet.row(response).outcome()).isEqualTo("completed");
    }
  }

  /** Some servers offer only chats; a request for another endpoint is not their failure. */
  @ParameterizedTest
  @CsvSource({"404", "405", "501"})
  void anEndpointThatATargetDoesNotHave(int status) throws IOException {
    String ask = "{\"model\":\"" + TestFleet.MODEL + "\",\"prompt\":\"a\"}";
    try (var fleet = TestFleet.pair("status=" + status, "status=" + status)) {
      List<Response> responses = new ArrayList<>();
      for (int i = 0; i < TIMES; i++) {
        responses.add(fleet.post("/completions", ask));
      }
      for (Response response : responses) {
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.error().path("code").asString())
            .isEqualTo("model_not_supported_on_endpoint");
        assertThat(fleet.row(response).attempts()).isEqualTo(2);
      }
      fleet.simulator(0).script(tayyar.simulate.Script.of(""));
      assertThat(fleet.stream("[[tokens=2]]").field("X-Tayyar-Target")).isEqualTo("t0");

      fleet.simulator(1).script(tayyar.simulate.Script.of(""));
      fleet.simulator(0).script(tayyar.simulate.Script.of("status=" + status));
      assertThat(fleet.post("/completions", ask).field("X-Tayyar-Target")).isEqualTo("t1");
    }
  }

  /** A document in the place of a stream. */
  @Test
  void aRefusalThatIsNoStream() throws IOException {
    try (var first = new BytesUpstream();
        var fleet = TestFleet.before(first)) {
      for (String type : List.of("application/json", "application/json; charset=utf-8")) {
        first.answers(200, type, "{\"error\":{\"message\":\"too long\",\"code\":400}}");
        Response response = fleet.stream("hello");
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.error().path("message").asString()).isEqualTo("too long");
      }
      first.answers(200, "application/json", "{\"id\":\"x\",\"choices\":[]}");
      assertThat(fleet.stream("hello").error().path("message").asString())
          .contains("its answer has no choices.");
    }
  }

  /** An endless refusal is read up to the bound only. */
  @Test
  void aRefusalWithoutAnEnd() throws IOException {
    try (var first = new BytesUpstream();
        var fleet = TestFleet.before(first)) {
      first.answers(413, "text/plain", "It is too long. " + "x".repeat(30 << 20));
      Response response = fleet.stream("hello");

      assertThat(response.status()).isEqualTo(413);
      assertThat(response.error().path("message").asString()).startsWith("It is too long. xxx");
      assertThat(response.text()).hasSizeLessThan(2_500);
      assertThat(fleet.row(response).status()).isEqualTo(413);
    }
  }

  /** The status is known; only the words are missing. */
  @Test
  void aRefusalThatBreaksOff() throws IOException {
    try (var first = new BytesUpstream();
        var second = new BytesUpstream().streams(GOOD);
        var fleet = TestFleet.before(first, second)) {
      first.breaksOff(413, "text/plain", "It is too lon");
      for (int i = 0; i < TIMES; i++) {
        Response response = fleet.stream("hello");
        assertThat(response.status()).isEqualTo(413);
        assertThat(response.error().path("message").asString()).isEqualTo("It is too lon");
      }
      assertThat(second.requests()).isZero();
      first.streams(GOOD);
      assertServedByTheFirst(fleet);
    }
  }

  @Test
  void theOperatorsKeyIsNeverTold() throws IOException {
    try (var first = new BytesUpstream();
        var fleet = TestFleet.before(first)) {
      String body = "{\"error\":{\"message\":\"" + first.key() + " may not do that\"}}";
      first.answers(400, "application/json", body);
      assertThat(fleet.stream("hello").error().path("message").asString())
          .isEqualTo("*** may not do that");
      first.streams(body.replace("}}", ",\"code\":400}}"));
      assertThat(fleet.stream("hello").error().path("message").asString())
          .isEqualTo("*** may not do that");
    }
  }
}
