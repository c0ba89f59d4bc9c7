package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Events;
import tayyar.testing.Gates;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** A silent upstream: the head leaves after its deadline, then comments are sent. */
@Tag("socket")
class SilenceTest {
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofSeconds(5))
          .with(Deadline.REQUEST_READ, Duration.ofMillis(700))
          .with(Deadline.HEAD_HOLD, Duration.ofMillis(200))
          .with(Deadline.KEEP_ALIVE, Duration.ofMillis(150));

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.with(BOUNDS);

  private static String post(String text, boolean stream) {
    return Requests.post(GATEWAY.key(), Requests.chat(TestGateway.MODEL, text, stream).toString());
  }

  @Test
  void theHeadLeavesBeforeTheFirstToken() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post("[[tokens=3 hold@0]]", true));
      ReceivedRequest upstream = GATEWAY.upstream();
      assertThat(client.head().status()).isEqualTo(200);
      assertThat(upstream.over()).isFalse();
      assertThat(client.chunk().text()).isEqualTo(": keep-alive\n\n");
      assertThat(client.chunk().text()).isEqualTo(": keep-alive\n\n");
      upstream.awaitHeld(TestGateway.SOON);
      upstream.release();
      StringBuilder rest = new StringBuilder();
      while (!rest.toString().endsWith("[DONE]\n\n")) {
        rest.append(client.chunk().text());
      }
      assertThat(Events.of(rest.toString()).finishReason()).isEqualTo("stop");
    }
  }

  @Test
  void commentsFlowBetweenTokens() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post("[[tokens=3 hold@2]]", true));
      ReceivedRequest upstream = GATEWAY.upstream();
      client.head();
      while (!client.chunk().text().startsWith(":")) {
        // tokens
      }
      upstream.awaitHeld(TestGateway.SOON);
      upstream.release();
      String last = "";
      while (!last.endsWith("[DONE]\n\n")) {
        last = client.chunk().text();
      }
    }
  }

  @Test
  void anErrorBehindTheHeadIsAnEvent() throws IOException {
    Response response = GATEWAY.stream("[[stall@0]]");

    assertThat(response.status()).isEqualTo(200);
    Events events = response.events();
    assertThat(events.comments()).isNotEmpty();
    assertThat(events.error().path("code").asString()).isEqualTo("upstream_timeout");
    assertThat(events.done()).isTrue();
    assertThat(GATEWAY.row(response).outcome()).isEqualTo("timed_out");
  }

  @Test
  void wholeAnswersGetNoComments() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post("[[tokens=3 first=600ms]]", false));

      assertThat(client.response().json().path("object").asString()).isEqualTo("chat.completion");
    }
  }

  @Test
  void theLongestAnswerIsCutOff() throws IOException {
    Response response = GATEWAY.stream("[[tokens=100000 pace=20ms]]");

    assertThat(response.events().error().path("code").asString()).isEqualTo("upstream_timeout");
    assertThat(GATEWAY.row(response).outcome()).isEqualTo("timed_out");
  }

  @Test
  void aRequestThatNeverEndsIsRefused() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post("[[tokens=1]]", true).replaceFirst(".$", ""));
      Response response = client.response();

      assertThat(response.status()).isEqualTo(408);
      assertThat(response.error().path("message").asString()).isNotBlank();
      assertThat(client.closesSilently()).isTrue();
    }
  }
}
