package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What each dialect whose requests become chats must do. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class DialectConformance {
  /** In front of targets of some dialect. */
  @RegisterExtension final TestGateway gateway;

  private final Spoken spoken;

  DialectConformance(Spoken spoken, TestGateway gateway) {
    this.spoken = spoken;
    this.gateway = gateway;
  }

  final Spoken spoken() {
    return spoken;
  }

  final ObjectNode body(String words, boolean stream) {
    return spoken.body(TestGateway.MODEL, "[[" + words + "]] x", stream);
  }

  final Response send(String body) throws IOException {
    return gateway.send(Requests.post(spoken.path(), gateway.key(), body, ""));
  }

  final Response send(JsonNode body) throws IOException {
    return send(body.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens=5",
        "tokens=5 arabic seed=3 bytewise",
        "reasoning=3 tokens=9 arabic",
        "calls@0",
        "calls@3 reasoning=2 seed=4",
        "calls@2 finish=stop",
        "tokens=4 finish=length",
        "tokens=4 finish=content_filter",
        "tokens=300 size=100",
        "crlf comments mixed"
      })
  void anAnswerIsTheSameStreamedAndWhole(String words) throws IOException {
    Response stream = send(body(words, true));
    Response whole = send(body(words, false));

    ObjectNode told = spoken.streamed(stream);
    assertThat(told).isEqualTo(spoken.whole(whole));
    LedgerRow row = gateway.row(stream);
    assertThat(row.status()).isEqualTo(200);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.promptTokens()).isPositive();
    assertThat(row.completionTokens()).isEqualTo(gateway.row(whole).completionTokens());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut@2", "reset@2", "errorevent@2", "garbage@2"})
  void anAnswerThatBreaksOffFails(String words) throws IOException {
    // A good one in between: who fails too often in a row is left alone for a while.
    assertThat(send(body("tokens=1", true)).status()).isEqualTo(200);
    Response response = send(body("tokens=9 " + words, true));
    spoken.assertFailed(response);
    LedgerRow row = gateway.row(response);
    assertThat(row.outcome()).isEqualTo("failed");
    assertThat(row.completionTokens()).isEqualTo(2);
  }

  /** What a client gets in pieces while it reads slowly is the same as at once. */
  @Test
  void aSlowReaderGetsTheSame() throws IOException {
    ObjectNode body = body("tokens=3000 size=200 numbered", true);
    ObjectNode whole = spoken.whole(send(body("tokens=3000 size=200 numbered", false)));
    try (RawHttp client = gateway.connect()) {
      client.send(Requests.post(spoken.path(), gateway.key(), body.toString(), ""));
      RawHttp.Head head = client.head();
      gateway.upstream().awaitEnd(TestGateway.SOON);
      assertThat(spoken.text(spoken.streamed(client.body(head)))).isEqualTo(spoken.text(whole));
    }
  }

  /** One that no event loop reads itself. */
  @Test
  void aLargeBodyIsReadElsewhere() throws IOException {
    String text = "[[tokens=3]] " + "مرحبا ".repeat(60_000);
    Response response = send(spoken.body(TestGateway.MODEL, text, true));
    assertThat(spoken.text(spoken.streamed(response))).isNotEmpty();
    assertThat(gateway.upstream().body().toString()).contains(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "\"x\"", "{} {}"})
  void whatIsNoObjectIsRefused(String body) throws IOException {
    Response response = send(body);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.json().path("error").path("code").asString()).isEqualTo("invalid_json");
    assertThat(gateway.row(response).status()).isEqualTo(400);
  }
}
