package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/** A stream's tokens leave one by one, as they come, and unharmed. */
@Tag("socket")
class StreamTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static String post(String text) {
    return Requests.post(GATEWAY.key(), Requests.chat("sim", text, true).toString());
  }

  @Test
  void eachTokenLeavesBeforeTheNextIsMade() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post("[[tokens=5 hold@1]] one by one"));
      ReceivedRequest received = GATEWAY.upstream();
      assertThat(client.head().status()).isEqualTo(200);
      StringBuilder seen = new StringBuilder();
      for (int token = 1; token <= 5; token++) {
        received.awaitHeld(TestGateway.SOON);
        while (Events.of(seen.toString()).chunks().size() < 1 + token) {
          seen.append(client.chunk().text());
        }
        received.releaseUntil(token + 1);
      }
      assertThat(Events.of(seen.toString()).chunks()).hasSize(6);
      received.release();
      while (!seen.toString().endsWith("[DONE]\n\n")) {
        seen.append(client.chunk().text());
      }
    }
  }

  @Test
  void eachReadEndsWithAWholeEvent() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post("[[tokens=60 pace=3ms arabic]]"));
      RawHttp.Head head = client.head();
      int headEnd = client.offset();
      Response response = client.body(head);

      Set<Integer> ends = new HashSet<>();
      ends.add(headEnd);
      response.chunks().forEach(chunk -> ends.add(chunk.end()));
      ends.add(client.offset());
      assertThat(client.reads()).hasSizeGreaterThan(30);
      assertThat(client.reads()).allMatch(read -> ends.contains(read.end()));
      assertThat(response.events().done()).isTrue();
    }
  }

  /**
   * The end of Chromium's first read lies between two events; see {@code tayyar.http.FirstRead}.
   */
  @ParameterizedTest
  @ValueSource(strings = {"1.1", "1.0"})
  void eventsDoNotLieOnBothSidesOfABrowsersFirstRead(String version) throws IOException {
    for (int length = 1; length < 250; length += length < 30 ? 1 : 20) {
      String text = "x".repeat(length) + " word".repeat(50);
      String pace = length % 10 == 1 ? " pace=1ms" : "";
      String request = post("[[echo" + pace + "]] " + text);
      try (RawHttp client = GATEWAY.connect()) {
        client.send(
            request.replaceFirst("1\\.1\r\n", version + "\r\nOrigin: https://a.example\r\n"));

        client.response().assertWhole(true, text);
        assertThat((char) client.byteAt(4095)).as("length %d", length).isEqualTo('\n');
      }
    }
  }

  @Test
  void noCommentStandsInAStreamForAProgram() throws IOException {
    Events events = GATEWAY.stream("[[tokens=100]]").events();

    assertThat(events.chunks()).hasSizeGreaterThan(100);
    assertThat(events.comments()).isEmpty();
  }

  @Test
  void textIsUnharmed() throws IOException {
    String text =
        "مرحبًا يا نيل 🙂👩‍👩‍👧 \\ \"quoted\" / <b>\ttab\u0001 \u2028 e\u0301 \uFEFF end";

    assertThat(GATEWAY.stream("[[echo]] " + text).events().content()).isEqualTo(text);
    Response whole = GATEWAY.chat(Requests.chat("sim", "[[echo]] " + text, false));
    assertThat(whole.json().path("choices").get(0).path("message").path("content").asString())
        .isEqualTo(text);
  }

  @Test
  void arabicLeavesAsItselfNotAsEscapes() throws IOException {
    assertThat(GATEWAY.stream("[[tokens=20 arabic]]").text())
        .doesNotContain("\\u")
        .containsPattern("\\p{IsArabic}");
  }

  @Test
  void requestIsHandedOnAsItIs() throws IOException {
    for (boolean stream : new boolean[] {true, false}) {
      GATEWAY.chat(
          Requests.chat("sim", "[[tokens=1]] handed on", stream)
              .put("temperature", 0.25)
              .put("field_of_tomorrow", "kept"));

      JsonNode received = GATEWAY.upstream().body();
      assertThat(received.path("temperature").asDouble()).isEqualTo(0.25);
      assertThat(received.path("field_of_tomorrow").asString()).isEqualTo("kept");
      assertThat(received.path("stream").asBoolean()).isEqualTo(stream);
      assertThat(received.path("stream_options").path("include_usage").asBoolean())
          .isEqualTo(stream);
    }
  }

  @Test
  void ledgerKnowsTheStream() throws IOException {
    Response response = GATEWAY.stream("one two three [[tokens=7]]");

    LedgerRow row = GATEWAY.row(response);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.status()).isEqualTo(200);
    assertThat(row.model()).isEqualTo("sim");
    assertThat(row.completionTokens()).isEqualTo(7);
    assertThat(row.promptTokens()).isPositive();
    assertThat(row.estimated()).isFalse();
  }

  @Test
  void longStreamArrivesWhole() throws IOException {
    Events events = GATEWAY.chat(Requests.chatWithUsage("sim", "[[tokens=20000]]")).events();

    assertThat(events.usage().path("completion_tokens").asInt()).isEqualTo(20_000);
    assertThat(events.content().split(" ", -1)).hasSize(20_001);
    assertThat(events.done()).isTrue();
  }

  @Test
  void emptyAnswerIsAnAnswer() throws IOException {
    Events events = GATEWAY.stream("[[tokens=0]]").events();

    assertThat(events.finishReason()).isEqualTo("stop");
    assertThat(events.content()).isEmpty();
    assertThat(events.done()).isTrue();
  }

  @Test
  void reasoningIsKeptApart() throws IOException {
    Events events = GATEWAY.stream("[[tokens=6 reasoning=2 echo]] a b c d e f").events();

    assertThat(events.joined("reasoning_content")).isEqualTo("a b ");
    assertThat(events.content()).isEqualTo("c d e f");
  }
}
