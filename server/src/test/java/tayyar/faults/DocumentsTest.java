package tayyar.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.testing.Gates;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.RawUpstream;
import tayyar.testing.RawUpstream.Request;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;

/** Answers that clients want as one document, and targets that are asked for one. */
@Tag("socket")
class DocumentsTest {
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20));

  private static final String MESSAGE =
      "{\"role\":\"assistant\",\"content\":\"Hello\\u00e9 \\\"you\\\"\",\"annotations\":[{\"a\":1}],"
          + "\"audio\":null}";

  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}";

  private static String document(String message, String finish, String more) {
    return "{\"id\":\"theirs\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"up\",\"choices\":[{\"index\":0,"
        + "\"message\":"
        + message
        + ",\"stop_reason\":7,\"finish_reason\":"
        + finish
        + "}],\"service_tier\":\"flex\""
        + more
        + "}";
  }

  private static String answer(String type, String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + body.getBytes(UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private static final String GOOD =
      answer("application/json", document(MESSAGE, "\"stop\"", "," + USAGE));

  private static RawUpstream answering(String bytes) throws IOException {
    return RawUpstream.start(
        request -> {
          request.body();
          request.peer().send(bytes);
        });
  }

  private static Response ask(TestFleet fleet, boolean stream) throws IOException {
    String body = Requests.chat(TestFleet.MODEL, "12345678", stream).toString();
    return fleet.send(Requests.post(fleet.key(), body));
  }

  @Test
  void aDocumentIsAskedForAndGivenOnWithTheLeastChange() throws IOException {
    try (var upstream = answering(GOOD);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      String body =
          "{\"model\":\""
              + TestFleet.MODEL
              + "\", \"messages\":[{\"role\":\"user\",\"content\":\"hi\"}] ,\"x\":1}";
      Response response = fleet.send(Requests.post(fleet.key(), body));

      JsonNode json = response.json();
      assertThat(response.status()).isEqualTo(200);
      assertThat(json.path("id").asString()).startsWith("chatcmpl-");
      assertThat(json.path("created").asLong()).isGreaterThan(1);
      assertThat(json.path("model").asString()).isEqualTo(TestFleet.MODEL);
      assertThat(json.path("service_tier").asString()).isEqualTo("flex");
      JsonNode choice = json.path("choices").path(0);
      assertThat(choice.path("stop_reason").asInt()).isEqualTo(7);
      assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
      assertThat(choice.path("message").path("content").asString()).isEqualTo("Helloé \"you\"");
      assertThat(choice.path("message").path("annotations").toString()).isEqualTo("[{\"a\":1}]");
      assertThat(json.path("usage").path("total_tokens").asInt()).isEqualTo(10);

      Request asked = upstream.requests().getFirst();
      assertThat(asked.body()).isEqualTo(body.replace(TestFleet.MODEL, "over-there"));
      assertThat(asked.head()).contains("\r\nAccept: application/json\r\n");
      LedgerRow row = fleet.row(response);
      assertThat(row.outcome()).isEqualTo("completed");
      assertThat(row.completionTokens()).isEqualTo(3);
    }
  }

  @Test
  void aStreamThatComesAsADocumentIsAStreamAndTheOtherWayRound() throws IOException {
    String events =
        """
        data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}

        data: [DONE]

        """;
    try (var documents = answering(GOOD);
        var streams = answering(answer("application/json", events));
        var first = TestFleet.before(BOUNDS, documents);
        var second = TestFleet.before(BOUNDS, streams)) {
      ask(first, true).assertWhole(true, "Helloé \"you\"");
      ask(second, false).assertWhole(false, "Hello");
      ask(second, true).assertWhole(true, "Hello");
    }
  }

  @Test
  void aByteOrderMarkIsNoPartOfADocument() throws IOException {
    String body = answer("application/json", "   " + document(MESSAGE, "\"stop\"", "," + USAGE));
    try (var upstream = answering(body.replace("   ", "\u00EF\u00BB\u00BF"));
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      Response response = ask(fleet, false);
      assertThat(response.status()).isEqualTo(200);
      JsonNode choice = response.json().path("choices").path(0);
      assertThat(choice.path("message").path("content").asString()).isEqualTo("Helloé \"you\"");
    }
  }

  @Test
  void tokensThatNobodyToldAreAnEstimate() throws IOException {
    try (var upstream = answering(answer("application/json", document(MESSAGE, "\"stop\"", "")));
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      JsonNode usage = ask(fleet, false).json().path("usage");
      assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(2);
      assertThat(usage.path("completion_tokens").asInt()).isEqualTo(4);
      assertThat(usage.path("estimated").asBoolean()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"error":{"message":"too long","code":400}} | 400 | too long
          {"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"error"}]} | 503 | gave up
          {"choices":[]} | 503 | no choices
          {"choices":[{"index":0,"mess | 503 | not JSON
          Hello | 503 | neither an event stream nor JSON
          <html> | 503 | neither an event stream nor JSON
          """)
  void documentsThatAreNone(String body, int status, String words) throws IOException {
    try (var upstream = answering(answer("application/json", body));
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      for (boolean stream : new boolean[] {false, true}) {
        Response response = ask(fleet, stream);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.error().path("message").asString()).contains(words);
        assertThat(fleet.row(response).outcome()).isEqualTo("failed");
      }
    }
  }

  /** No byte has reached the client, so the next target is asked. */
  @Test
  void aDocumentThatBreaksOffIsAskedForElsewhere() throws IOException {
    try (var cutting =
            RawUpstream.start(
                request -> {
                  request.body();
                  request.peer().send(GOOD.substring(0, GOOD.length() - 9));
                  request.peer().close();
                });
        var good = answering(GOOD);
        var fleet = TestFleet.before(BOUNDS, cutting, good);
        var alone = TestFleet.before(BOUNDS, cutting)) {
      Response response = ask(fleet, false);
      response.assertWhole(false, "Helloé \"you\"");
      assertThat(fleet.row(response).attempts()).isEqualTo(2);

      Response failed = ask(alone, false);
      assertThat(failed.status()).isEqualTo(503);
      assertThat(failed.error().path("code").asString()).isEqualTo("upstream_failed");
    }
  }

  @Test
  void aClientThatLeavesEndsWhatIsAsked() throws IOException {
    try (var silent = RawUpstream.start(Request::body);
        var fleet = TestFleet.before(BOUNDS, silent)) {
      String body = Requests.chat(TestFleet.MODEL, "hi", false).toString();
      try (RawHttp client = fleet.connect()) {
        client.send(Requests.post(fleet.key(), body));
        Awaitility.await().until(() -> silent.requests().size() == 1);
      }
      Awaitility.await("the upstream's connection to be closed").until(() -> silent.open() == 0);
      assertThat(fleet.rowOfWhoLeft().outcome()).isEqualTo("client_gone");
    }
  }

  /** The time to the first token is no bound for a whole answer, which has another. */
  @Test
  void aDocumentMayTakeLongerThanAFirstToken() throws IOException {
    Duration token = Duration.ofMillis(200);
    Bounds bounds =
        Gates.answer(token, token, Duration.ofSeconds(20))
            .with(Deadline.WHOLE, Duration.ofMillis(700));
    try (var silent = RawUpstream.start(Request::body);
        var fleet = TestFleet.before(bounds, silent)) {
      Response response = ask(fleet, false);
      assertThat(response.status()).isEqualTo(503);
      LedgerRow row = fleet.row(response);
      assertThat(row.outcome()).isEqualTo("timed_out");
      assertThat(row.tries()).contains("timeout_whole");
    }
  }

  private static RawUpstream refusing(String member, String refusal) throws IOException {
    return RawUpstream.start(
        request -> {
          boolean good = !request.body().contains(member);
          request
              .peer()
              .send(
                  good
                      ? GOOD
                      : "HTTP/1.1 400 Bad Request\r\nContent-Length: "
                          + refusal.length()
                          + "\r\n\r\n"
                          + refusal);
        });
  }

  /**
   * Our additions are no part of the request; a target that refuses them is asked once more
   * without.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stream_options | {"detail":[{"loc":["body","stream_options"],"msg":"not permitted"}]}
          "stream":true | {"error":{"message":"must be verified to stream","param":"stream"}}
          """)
  void anAdditionThatATargetRefuses(String member, String refusal) throws IOException {
    try (var upstream = refusing(member, refusal);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      Response first = ask(fleet, true);
      first.assertWhole(true, "Helloé \"you\"");
      assertThat(fleet.row(first).attempts()).isEqualTo(1);
      assertThat(fleet.row(first).tries()).contains("refused what was added");
      ask(fleet, true).assertWhole(true, "Helloé \"you\"");

      assertThat(upstream.requests()).hasSize(3);
    }
  }

  /** A refusal of the request itself is passed on. */
  @Test
  void aRequestThatIsRefusedIsNotAskedAgain() throws IOException {
    try (var upstream = refusing("messages", "{\"error\":{\"message\":\"no\"}}");
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      assertThat(ask(fleet, true).status()).isEqualTo(400);
      assertThat(upstream.requests()).hasSize(1);
    }
  }

  /** A client's own text may contain the words of such a refusal; that changes nothing. */
  @Test
  void aClientsWordsAreNotTakenForARefusalOfOurAdditions() throws IOException {
    String refusal =
        "{\"detail\":[{\"loc\":[\"body\",\"stream_options_of_mine\"],\"msg\":\"no\"}]}";
    try (var upstream = refusing("mine", refusal);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      String body =
          Requests.chat(TestFleet.MODEL, "hi", true).put("stream_options_of_mine", 1).toString();
      assertThat(fleet.send(Requests.post(fleet.key(), body)).status()).isEqualTo(400);
      ask(fleet, true).assertWhole(true, "Helloé \"you\"");

      assertThat(upstream.requests().getLast().body()).contains("\"include_usage\":true");
    }
  }

  /** A document that is not understood to its end is not passed on at all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],\"usage\":{",
        "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]} and more",
        "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"},"
            + "{\"message\":{\"content\":\"b\"},\"finish_reason\":\"error\"}]}",
        "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],"
            + "\"error\":{\"message\":\"gone\",\"code\":502}}"
      })
  void aFailureAfterAChoiceIsAskedForElsewhere(String body) throws IOException {
    try (var broken = answering(answer("application/json", body));
        var good = answering(GOOD);
        var fleet = TestFleet.before(BOUNDS, broken, good)) {
      for (boolean stream : new boolean[] {false, true}) {
        Response response = ask(fleet, stream);
        response.assertWhole(stream, "Helloé \"you\"");
        assertThat(fleet.row(response).attempts()).isEqualTo(2);
      }
    }
  }

  /** A broken target's endless answer must not hold an event loop up. */
  @Test
  @Timeout(20)
  void manyMembersAndPartsCostNoMoreThanTheirBytes() throws IOException {
    String members =
        IntStream.range(0, 200_000).mapToObj(i -> "\"m" + i + "\":1").collect(joining(","));
    String parts =
        IntStream.range(0, 200_000).mapToObj(i -> "\"x\"").collect(joining(",", "[", "]"));
    String message = "{\"content\":" + parts + "}";
    try (var upstream =
            answering(answer("application/json", document(message, "\"stop\"", "," + members)));
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      assertThat(ask(fleet, false).json().path("m199999").asInt()).isEqualTo(1);
      assertThat(ask(fleet, true).events().content()).hasSize(200_000);
    }
  }
}
