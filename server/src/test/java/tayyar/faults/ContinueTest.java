package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A target breaks off in the middle: another one goes on, or the client is told. */
@Tag("socket")
class ContinueTest {
  private static final String ASK = "[[tokens=9 pace=1ms]]";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cut@4",
        "reset@4",
        "stall@4",
        "garbage@4",
        "errorevent@4",
        "badframe@4",
      })
  void theAnswerGoesOn(String fault) throws IOException {
    String whole;
    try (var fleet = TestFleet.pair("")) {
      whole = fleet.stream(ASK).events().content();
    }
    try (var fleet = TestFleet.continuing(fault, "")) {
      Response response = fleet.stream(ASK);

      Events events = response.events();
      assertThat(response.status()).isEqualTo(200);
      assertThat(events.content()).isEqualTo(whole);
      assertThat(events.finishReason()).isEqualTo("stop");
      assertThat(events.error().isMissingNode()).isTrue();
      assertThat(events.done()).isTrue();
      assertThat(events.usage().path("completion_tokens").asInt()).isEqualTo(9);
      LedgerRow row = fleet.row(response);
      assertThat(row.outcome()).isEqualTo("completed");
      assertThat(row.attempts()).isEqualTo(2);
      assertThat(row.target()).isEqualTo("t1");
      assertThat(row.completionTokens()).isEqualTo(9);
      assertThat(row.estimated()).isTrue();
      JsonNode asked = fleet.simulator(1).next(TestGateway.SOON).body();
      assertThat(asked.path("continue_final_message").asBoolean()).isTrue();
      assertThat(asked.path("add_generation_prompt").asBoolean(true)).isFalse();
      assertThat(asked.path("messages")).hasSize(2);
      assertThat(asked.path("messages").get(1).path("role").asString()).isEqualTo("assistant");
      assertThat(whole).startsWith(asked.path("messages").get(1).path("content").asString());
    }
  }

  @Test
  void numbersThatCannotBeTrueAreNotBelieved() throws IOException {
    try (var fleet = TestFleet.continuing("usageevery cut@4", "")) {
      LedgerRow row = fleet.row(fleet.stream(ASK));

      assertThat(row.completionTokens()).isEqualTo(9);
      assertThat(row.estimated()).isTrue();
    }
  }

  @Test
  void anAnswerGoesOnTwice() throws IOException {
    try (var fleet = TestFleet.continuing("cut@2", "cut@6", "")) {
      Response response = fleet.stream(ASK);

      assertThat(response.events().content().split(" ", -1)).hasSize(10);
      assertThat(fleet.row(response).attempts()).isEqualTo(3);
      assertThat(fleet.row(response).completionTokens()).isEqualTo(9);
    }
  }

  @Test
  void aTargetThatFailsAtOnceIsPassedOver() throws IOException {
    try (var fleet = TestFleet.continuing("cut@2", "status=500", "hang", "")) {
      Response response = fleet.stream(ASK);

      assertThat(response.events().content().split(" ", -1)).hasSize(10);
      assertThat(response.events().finishReason()).isEqualTo("stop");
      assertThat(fleet.row(response).attempts()).isEqualTo(4);
    }
  }

  @Test
  void arabicStaysWhole() throws IOException {
    String ask = "[[tokens=30 arabic pace=1ms]]";
    String whole;
    try (var fleet = TestFleet.pair("")) {
      whole = fleet.stream(ask).events().content();
    }
    try (var fleet = TestFleet.continuing("cut@7", "reset@19", "bytewise")) {
      assertThat(fleet.stream(ask).events().content()).isEqualTo(whole);
    }
  }

  @Test
  void theLimitOfTokensIsThatOfTheWholeAnswer() throws IOException {
    try (var fleet = TestFleet.continuing("cut@4", "")) {
      ObjectNode body = Requests.chatWithUsage(TestFleet.MODEL, ASK);
      Response response = fleet.chat(body.put("max_tokens", 6));

      assertThat(response.events().content().split(" ", -1)).hasSize(7);
      assertThat(response.events().finishReason()).isEqualTo("length");
      JsonNode asked = fleet.simulator(1).next(TestGateway.SOON).body();
      assertThat(asked.path("max_tokens").asInt()).isEqualTo(2);
    }
  }

  @Test
  void anAnswerThatHasAllItsTokensIsComplete() throws IOException {
    try (var fleet = TestFleet.continuing("cut@6", "")) {
      fleet.simulator(0).script(tayyar.simulate.Script.of("nofinish"));
      ObjectNode body = Requests.chatWithUsage(TestFleet.MODEL, ASK);
      Response response = fleet.chat(body.put("max_completion_tokens", 4));

      assertThat(response.events().content().split(" ", -1)).hasSize(5);
      assertThat(response.events().finishReason()).isEqualTo("length");
      assertThat(fleet.simulator(1).requests()).isZero();
      assertThat(fleet.row(response).attempts()).isEqualTo(1);
    }
  }

  @Test
  void wholeAnswersGoOnToo() throws IOException {
    try (var fleet = TestFleet.continuing("cut@4", "")) {
      Response response = fleet.chat(Requests.chat(TestFleet.MODEL, ASK, false));

      JsonNode choice = response.json().path("choices").path(0);
      assertThat(choice.path("message").path("content").asString().split(" ", -1)).hasSize(10);
      assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
    }
  }

  @Test
  void theClientsOwnBeginningIsGoneOnWith() throws IOException {
    try (var fleet = TestFleet.pair("")) {
      String whole = fleet.stream(ASK).events().content();
      try (var broken = TestFleet.continuing("cut@5", "")) {
        ObjectNode body = Requests.chatWithUsage(TestFleet.MODEL, ASK);
        String begun = whole.substring(0, whole.indexOf(' ') + 1);
        body.withArray("messages").addObject().put("role", "assistant").put("content", begun);
        body.put("continue_final_message", true).put("add_generation_prompt", false);
        Response response = broken.chat(body);

        assertThat(begun + response.events().content()).isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"n\":2}",
        "{\"guided_regex\":\"[a-z]+\"}",
        "{\"tools\":[{\"type\":\"function\"}],\"tool_choice\":\"required\"}",
        "{\"tools\":[{\"type\":\"function\"}],\"tool_choice\":{\"type\":\"function\"}}",
      })
  void anAnswerHeldToAFormIsNotContinued(String more) throws IOException {
    try (var fleet = TestFleet.continuing("cut@4", "")) {
      ObjectNode body = Requests.chatWithUsage(TestFleet.MODEL, ASK);
      body.setAll((ObjectNode) JsonMapper.shared().readTree(more));
      assertBrokenOff(fleet, fleet.chat(body), 4);
      assertThat(fleet.simulator(1).requests()).isZero();
    }
  }

  @Test
  void thinkingDoesNotGoOn() throws IOException {
    try (var fleet = TestFleet.continuing("reasoning=2 cut@4", "")) {
      assertBrokenOff(fleet, fleet.stream(ASK), 2);
      assertThat(fleet.simulator(1).requests()).isZero();
    }
  }

  @Test
  void withoutTheSettingNothingGoesOn() throws IOException {
    try (var fleet = TestFleet.pair("cut@4", "")) {
      assertBrokenOff(fleet, fleet.stream(ASK), 4);
      assertThat(fleet.simulator(1).requests()).isZero();
    }
  }

  @Test
  void withoutAnotherTargetTheClientIsTold() throws IOException {
    try (var fleet = TestFleet.continuing("cut@4", "status=500")) {
      Response response = fleet.stream(ASK);
      assertBrokenOff(fleet, response, 4);
      assertThat(fleet.row(response).attempts()).isEqualTo(2);
    }
  }

  @Test
  void aTargetThatCannotGoOnIsNoReasonForAFalseEnd() throws IOException {
    try (var fleet = TestFleet.continuing("cut@4", "status=400")) {
      assertBrokenOff(fleet, fleet.stream(ASK), 4);
    }
  }

  @Test
  void theClientLeavesWhileTheAnswerIsToGoOn() throws IOException {
    try (var fleet = TestFleet.continuing("cut@2", "hang")) {
      String body = Requests.chat(TestFleet.MODEL, ASK, true).toString();
      try (RawHttp client = fleet.connect()) {
        client.send(Requests.post(fleet.key(), body));
        ReceivedRequest second = fleet.simulator(1).next(TestGateway.SOON);
        client.reset();
        assertThat(second.awaitEnd(TestGateway.SOON).how())
            .isEqualTo(ReceivedRequest.How.PEER_LEFT);
      }
      fleet.assertNothingLeft();
      LedgerRow row = fleet.rowOfWhoLeft();
      assertThat(row.outcome()).isEqualTo("client_gone");
      assertThat(row.attempts()).isEqualTo(2);
      assertThat(row.completionTokens()).isEqualTo(2);
    }
  }

  private static void assertBrokenOff(TestFleet fleet, Response response, int tokens) {
    Events events = response.events();
    assertThat(response.status()).isEqualTo(200);
    assertThat(events.error().path("code").asString()).isEqualTo("upstream_failed");
    assertThat(events.error()).hasSize(4);
    assertThat(events.finishReason()).isEmpty();
    assertThat(events.done()).isTrue();
    assertThat(events.content().split(" ", -1)).hasSize(tokens + 1);
    assertThat(fleet.row(response).outcome()).isEqualTo("failed");
    assertThat(fleet.row(response).status()).isEqualTo(200);
  }
}
