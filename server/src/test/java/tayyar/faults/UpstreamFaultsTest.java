package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.Events;
import tayyar.testing.Gates;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** The upstream fails: before the first token the client gets a status, after it an error event. */
@Tag("socket")
class UpstreamFaultsTest {
  private static final Duration SHORT = Duration.ofMillis(600);

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.streaming(Gates.answer(SHORT, SHORT, Duration.ofSeconds(20)));

  @ParameterizedTest
  @CsvSource({
    "refuse,        upstream_failed",
    "status=500,    upstream_failed",
    "status=503,    upstream_failed",
    "status=401,    upstream_failed",
    "status=403,    upstream_failed",
    "cut@0,         upstream_failed",
    "reset@0,       upstream_failed",
    "garbage@0,     upstream_failed",
    "errorevent@0,  upstream_failed",
    "badframe@0,    upstream_failed",
    "empty,         upstream_failed",
    "hang,          upstream_timeout",
    "stall@0,       upstream_timeout",
  })
  void beforeTheFirstToken(String fault, String code) throws IOException {
    for (boolean stream : new boolean[] {true, false}) {
      Response response =
          GATEWAY.chat(Requests.chat(TestGateway.MODEL, "[[tokens=5 " + fault + "]]", stream));

      assertThat(response.status()).isEqualTo(503);
      assertThat(response.error().path("code").asString()).isEqualTo(code);
      assertThat(response.error().path("type").asString()).isEqualTo("service_unavailable");
      assertThat(response.field("Retry-After")).isNotEmpty();
      GATEWAY.upstream().awaitEnd(TestGateway.SOON);
      LedgerRow row = GATEWAY.row(response);
      assertThat(row.status()).isEqualTo(503);
      assertThat(row.outcome()).isEqualTo(code.endsWith("timeout") ? "timed_out" : "failed");
      assertThat(row.completionTokens()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cut@3,         upstream_failed,  3",
    "reset@3,       upstream_failed,  3",
    "garbage@3,     upstream_failed,  3",
    "errorevent@3,  upstream_failed,  3",
    "badframe@3,    upstream_failed,  3",
    "endless@3,     unreadable_answer, 3",
    "stall@3,       upstream_timeout, 3",
  })
  void behindTheFirstToken(String fault, String code, int tokens) throws IOException {
    Response response = GATEWAY.stream("[[tokens=9 pace=1ms " + fault + "]]");

    assertThat(response.status()).isEqualTo(200);
    Events events = response.events();
    assertThat(events.error().path("code").asString()).isEqualTo(code);
    assertThat(events.error().path("type").asString())
        .isEqualTo(code.startsWith("upstream") ? "service_unavailable" : "bad_gateway");
    assertThat(events.error()).hasSize(4);
    assertThat(events.chunks().getLast().has("choices")).isFalse();
    assertThat(events.finishReason()).isEmpty();
    assertThat(events.content().split(" ", -1)).hasSize(tokens + 1);
    assertThat(events.done()).isTrue();
    GATEWAY.upstream().awaitEnd(TestGateway.SOON);
    LedgerRow row = GATEWAY.row(response);
    assertThat(row.outcome()).isEqualTo(code.endsWith("timeout") ? "timed_out" : "failed");
    assertThat(row.status()).isEqualTo(200);
    assertThat(row.completionTokens()).isEqualTo(tokens);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut@3", "reset@3", "garbage@3", "errorevent@3", "stall@3"})
  void wholeAnswersFailWithAStatus(String fault) throws IOException {
    String text = "[[tokens=9 pace=1ms " + fault + "]]";
    Response response = GATEWAY.chat(Requests.chat(TestGateway.MODEL, text, false));

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.error().path("code").asString()).startsWith("upstream_");
    assertThat(GATEWAY.row(response).status()).isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nodone", "closes", "nofinish"})
  void aMissingEndBehindTheFinishReasonIsNoFailure(String fault) throws IOException {
    Response response = GATEWAY.stream("[[tokens=3 " + fault + "]]");

    assertThat(response.events().finishReason()).isEqualTo("stop");
    assertThat(response.events().done()).isTrue();
    assertThat(response.head().has("X-Tayyar-Target")).isFalse();
    assertThat(response.events().error().isMissingNode()).isTrue();
    assertThat(GATEWAY.row(response).outcome()).isEqualTo("completed");
  }

  @Test
  void refusedConnections() throws IOException {
    GATEWAY.simulator().refusing(true);
    try {
      GATEWAY.assertNothingLeft();
      GATEWAY.closeIdleUpstreams();
      Response response = GATEWAY.stream("[[tokens=3]]");

      assertThat(response.status()).isEqualTo(503);
      assertThat(GATEWAY.row(response).outcome()).isEqualTo("failed");
    } finally {
      GATEWAY.simulator().refusing(false);
    }
  }

  @Test
  void aHangingUpstreamIsLeft() throws IOException {
    GATEWAY.stream("[[hang]]");

    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 0));
  }

  @Test
  void anEndlessEventIsLeft() throws IOException {
    GATEWAY.stream("[[tokens=9 endless@2]]");

    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 2));
  }

  @Test
  void theRequestsOwnFaultIsPassedOn() throws IOException {
    Response response = GATEWAY.stream("[[status=400]]");

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("simulated");
    assertThat(GATEWAY.row(response).status()).isEqualTo(400);
  }

  @Test
  void aHugeEventIsCutIntoSmallOnes() throws IOException {
    Response response = GATEWAY.stream("[[tokens=4 big@2 size=3]]");

    assertThat(response.events().content()).hasSize(3 * 3 + 1024 * 1024);
    assertThat(response.events().all()).allMatch(event -> event.length() < 16_384);
    assertThat(response.events().done()).isTrue();
  }

  @Test
  void theNextRequestIsServed() throws IOException {
    for (String fault : new String[] {"cut@1", "reset@1", "stall@1", "garbage@1", "badframe@1"}) {
      GATEWAY.stream("[[tokens=3 " + fault + "]]");
      assertThat(GATEWAY.stream("[[echo]] well again").events().content()).isEqualTo("well again");
    }
  }
}
