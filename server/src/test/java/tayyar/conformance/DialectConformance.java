package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.BytesUpstream;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What each dialect whose requests become chats must do. */
abstract class DialectConformance {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static final String BEGUN =
      "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";

  private final String path;

  DialectConformance(String path) {
    this.path = path;
  }

  /** A request that says this to the model, and offers it two tools. */
  abstract ObjectNode body(String model, String text, boolean stream);

  /** Reads a good stream strictly, and leaves out what differs from one answer to the next. */
  abstract ObjectNode streamed(Response response);

  /** The same of a whole answer. */
  abstract ObjectNode whole(Response response);

  /** Reads a stream that failed, strictly. */
  abstract void assertFailed(Response response);

  /** The text of an answer, without the model's thinking. */
  abstract String text(ObjectNode answer);

  /** The input of its only call. */
  abstract JsonNode input(ObjectNode answer);

  final ObjectNode body(String words, boolean stream) {
    return body(TestGateway.MODEL, "[[" + words + "]] x", stream);
  }

  final Response send(String body) throws IOException {
    return GATEWAY.send(Requests.post(path, GATEWAY.key(), body, ""));
  }

  final Response send(JsonNode body) throws IOException {
    return send(body.toString());
  }

  private Response ask(TestFleet fleet, boolean stream) throws IOException {
    String body = body(TestFleet.MODEL, "x", stream).toString();
    return fleet.send(Requests.post(path, fleet.key(), body, ""));
  }

  private static String call(int index, String first, String arguments) {
    return "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":"
        + index
        + first
        + "\"arguments\":"
        + JsonMapper.shared().writeValueAsString(arguments)
        + "}}]},\"finish_reason\":null}]}";
  }

  private static String begins(int index, String arguments) {
    String first = ",\"id\":\"c%d\",\"function\":{\"name\":\"now\",".formatted(index);
    return call(index, first, arguments);
  }

  private static String goesOn(int index, String arguments) {
    return call(index, ",\"function\":{", arguments);
  }

  private static String ends(String reason) {
    return "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
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

    ObjectNode told = streamed(stream);
    assertThat(told).isEqualTo(whole(whole));
    LedgerRow row = GATEWAY.row(stream);
    assertThat(row.status()).isEqualTo(200);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.promptTokens()).isPositive();
    assertThat(row.completionTokens()).isEqualTo(GATEWAY.row(whole).completionTokens());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut@2", "reset@2", "errorevent@2", "garbage@2"})
  void anAnswerThatBreaksOffFails(String words) throws IOException {
    Response response = send(body("tokens=9 " + words, true));
    assertFailed(response);
    LedgerRow row = GATEWAY.row(response);
    assertThat(row.outcome()).isEqualTo("failed");
    assertThat(row.completionTokens()).isEqualTo(2);
  }

  /** Their items and blocks are closed before the next begins. */
  @Test
  void aCallThatGoesOnBehindTheNextOneFails() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(BEGUN, begins(0, "{}"), begins(1, "{}"), goesOn(0, " "), ends("tool_calls"));
      Response response = ask(fleet, true);
      assertFailed(response);
      assertThat(fleet.row(response).tries()).contains("cancelled");
      assertThat(fleet.row(response).outcome()).isEqualTo("failed");
    }
  }

  @Test
  void textBetweenTwoCallsIsTold() throws IOException {
    String text = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"between\"}}]}";
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(BEGUN, begins(0, "{}"), text, begins(1, "{}"), ends("tool_calls"));
      assertThat(text(streamed(ask(fleet, true)))).isEqualTo("between");
    }
  }

  @Test
  void aCallWithoutArgumentsIsOne() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(BEGUN, begins(0, ""), ends("tool_calls"));
      assertThat(input(streamed(ask(fleet, true)))).isEmpty();
    }
  }

  /** What a client gets in pieces while it reads slowly is the same as at once. */
  @Test
  void aSlowReaderGetsTheSame() throws IOException {
    ObjectNode body = body("tokens=3000 size=200 numbered", true);
    ObjectNode whole = whole(send(body("tokens=3000 size=200 numbered", false)));
    try (RawHttp client = GATEWAY.connect()) {
      client.send(Requests.post(path, GATEWAY.key(), body.toString(), ""));
      RawHttp.Head head = client.head();
      GATEWAY.upstream().awaitEnd(TestGateway.SOON);
      assertThat(text(streamed(client.body(head)))).isEqualTo(text(whole));
    }
  }

  /** One that no event loop reads itself. */
  @Test
  void aLargeBodyIsReadElsewhere() throws IOException {
    String text = "[[tokens=3]] " + "مرحبا ".repeat(60_000);
    Response response = send(body(TestGateway.MODEL, text, true));
    assertThat(text(streamed(response))).isNotEmpty();
    assertThat(GATEWAY.upstream().body().toString()).contains(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "\"x\"", "{} {}"})
  void whatIsNoObjectIsRefused(String body) throws IOException {
    Response response = send(body);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.json().path("error").path("code").asString()).isEqualTo("invalid_json");
    assertThat(GATEWAY.row(response).status()).isEqualTo(400);
  }
}
