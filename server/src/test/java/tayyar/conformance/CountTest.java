package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Target.Dialect;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;
import tayyar.testing.BytesUpstream;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How many tokens a request has: who is asked, and what is said where nobody knows. */
@Tag("socket")
final class CountTest {
  /** 60 bytes, ten words. */
  private static final String TEXT = "one two three four five six seven eight nine ten, and so on.";

  private static final int ESTIMATE = 15;
  private static final int WORDS = 13;

  /** The languages in which tokens can be asked for. */
  enum Asked {
    MESSAGES(Dialect.ANTHROPIC, "/messages/count_tokens"),
    RESPONSES(Dialect.RESPONSES, "/responses/input_tokens");

    private final Dialect language;
    private final String path;

    Asked(Dialect language, String path) {
      this.language = language;
      this.path = path;
    }

    private Spoken spoken() {
      return this == MESSAGES ? new SpokenMessages() : new SpokenResponses();
    }

    ObjectNode body(String model) {
      ObjectNode body = spoken().body(model, TEXT, false);
      body.remove("stream");
      return body;
    }

    Response ask(TestFleet fleet) throws IOException {
      return fleet.post(path, body(TestFleet.MODEL).toString());
    }

    int tokens(TestFleet fleet) throws IOException {
      Response response = ask(fleet);
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      return response.json().path("input_tokens").asInt(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTargetOfTheSameLanguageIsAsked(Asked asked) throws IOException {
    try (var fleet = TestFleet.speaking(List.of(Dialect.OPENAI, asked.language), "", "")) {
      assertThat(asked.tokens(fleet)).isEqualTo(WORDS);
      assertThat(fleet.simulator(0).requests()).isZero();
      ReceivedRequest received = fleet.simulator(1).next(TestGateway.SOON);
      assertThat(received.uri()).isEqualTo("/v1" + asked.path);
      ObjectNode expected = asked.body("over-there");
      assertThat(received.body()).isEqualTo(expected);
      assertThat(fleet.rows()).as("nothing is recorded or paid").isEmpty();
      fleet.awaitNothingHeld();
    }
  }

  @Test
  void fieldsOfTheHeadGoWithIt() throws IOException {
    try (var fleet = TestFleet.speaking(List.of(Dialect.ANTHROPIC), "")) {
      String body = Asked.MESSAGES.body(TestFleet.MODEL).toString();
      String fields = "anthropic-version: 2023-06-01\r\nanthropic-beta: token-counting\r\n";
      fleet.send(Requests.post("/v1" + Asked.MESSAGES.path, fleet.key(), body, fields));
      ReceivedRequest received = fleet.simulator(0).next(TestGateway.SOON);
      assertThat(received.header("anthropic-beta")).isEqualTo("token-counting");
      assertThat(received.header("anthropic-version")).isEqualTo("2023-06-01");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereNobodyKnowsItIsEstimated(Asked asked) throws IOException {
    for (Dialect other : Dialect.values()) {
      if (other != asked.language) {
        try (var fleet = TestFleet.speaking(List.of(other), "")) {
          assertThat(asked.tokens(fleet)).as(other.name()).isEqualTo(ESTIMATE);
          assertThat(fleet.simulator(0).requests()).isZero();
        }
      }
    }
  }

  /** Many servers of these APIs have no such endpoint; a count never opens a breaker. */
  @ParameterizedTest
  @ValueSource(strings = {"status=404", "status=500", "refuse", "hang", "garbage@0"})
  void whereATargetDoesNotSayItIsEstimated(String script) throws IOException {
    try (var fleet = TestFleet.speaking(List.of(Dialect.ANTHROPIC), script)) {
      for (int i = 0; i < 6; i++) {
        assertThat(Asked.MESSAGES.tokens(fleet)).isEqualTo(ESTIMATE);
      }
      assertThat(fleet.simulator(0).requests()).isEqualTo(6);
      fleet.awaitNothingHeld();
      fleet.assertNoTimerLeft();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "{\"input_tokens\":-1}", "{\"input_tokens\":\"many\"}"})
  void whatIsNoNumberIsEstimated(String document) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(200, "application/json", document);
      assertThat(Asked.RESPONSES.tokens(fleet)).isEqualTo(ESTIMATE);
    }
  }

  @ParameterizedTest
  @CsvSource({"MESSAGES,not_found_error", "RESPONSES,not_found"})
  void aModelThatIsNotThereHasNoTokens(Asked asked, String type) throws IOException {
    try (var fleet = TestFleet.speaking(List.of(asked.language), "")) {
      Response response = fleet.post(asked.path, asked.body("nobody").toString());
      assertThat(response.status()).isEqualTo(404);
      assertThat(response.json().path("error").path("type").asString()).isEqualTo(type);
      assertThat(response.json().path("error").path("code").asString())
          .isEqualTo("model_not_found");
    }
  }

  /** A conversation is counted whatever its length, up to that of a body. */
  @Test
  void aLongConversationIsCounted() throws IOException {
    try (var fleet = TestFleet.speaking(List.of(Dialect.ANTHROPIC), "")) {
      ObjectNode body = Asked.MESSAGES.body(TestFleet.MODEL);
      ((ObjectNode) body.path("messages").path(0)).put("content", "word ".repeat(100_000).strip());
      Response response = fleet.post(Asked.MESSAGES.path, body.toString());
      assertThat(response.json().path("input_tokens").asInt()).isEqualTo(100_000);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrongIsToldInItsLanguage(Asked asked) throws IOException {
    try (var fleet = TestFleet.speaking(List.of(asked.language), "")) {
      ObjectNode body = asked.body(TestFleet.MODEL);
      String place = asked == Asked.MESSAGES ? "messages" : "input";
      Response response = fleet.post(asked.path, body.put(place, 1).toString());
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.json().path("error").path("param").asString()).isEqualTo(place);
      assertThat(fleet.simulator(0).requests()).isZero();
    }
  }

  /** The same limits as of an answer. */
  @Test
  void aCountIsARequestOfItsKey() throws IOException {
    TestGateway gateway = TestGateway.speaking(Dialect.ANTHROPIC);
    gateway.start();
    try {
      String key = gateway.newKey(2);
      String body = Asked.MESSAGES.body(TestGateway.MODEL).toString();
      String request = Requests.post("/v1" + Asked.MESSAGES.path, key, body, "");
      Response first = gateway.send(request);
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.field("x-ratelimit-remaining-requests")).isEqualTo("1");
      assertThat(gateway.send(request).status()).isEqualTo(200);
      Response refused = gateway.send(request);
      assertThat(refused.status()).isEqualTo(429);
      JsonNode error = JsonMapper.shared().readTree(refused.text());
      assertThat(error.path("error").path("type").asString()).isEqualTo("rate_limit_error");
      assertThat(Integer.parseInt(refused.field("Retry-After"))).isPositive();
      assertThat(gateway.simulator().requests()).isEqualTo(2);
    } finally {
      gateway.stop();
    }
  }

  /** Nobody waits for the number: its place is free again, and its target is left. */
  @Test
  void whoLeavesIsNotCountedFor() throws IOException {
    TestGateway gateway = TestGateway.speaking(Dialect.ANTHROPIC);
    gateway.start();
    try {
      gateway.simulator().script(Script.of("hang"));
      String body = Asked.MESSAGES.body(TestGateway.MODEL).toString();
      String request = Requests.post("/v1" + Asked.MESSAGES.path, gateway.key(), body, "");
      try (RawHttp client = gateway.connect()) {
        client.send(request);
        await().until(() -> gateway.simulator().requests() == 1);
        client.reset();
      }
      // A number is waited for as long as this twice.
      Duration most = Duration.ofSeconds(5);
      await().atMost(most).until(() -> gateway.simulator().openConnections() == 0);
      await().atMost(most).until(() -> gateway.gauge("tayyar_active_streams") == 0);
    } finally {
      gateway.stop();
    }
  }
}
