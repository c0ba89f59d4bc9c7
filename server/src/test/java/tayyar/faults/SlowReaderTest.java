package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** A client reads more slowly than the upstream writes, or not at all. */
@Tag("socket")
class SlowReaderTest {
  private static final Bounds BOUNDS =
      Bounds.DEFAULT.with(Deadline.CLIENT_STALL, Duration.ofSeconds(6));

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.with(BOUNDS);

  private static final int TOKENS = 100_000;
  private static final int LETTERS = 600;

  /** The most tokens that the kernel's buffers and ours may hold, far fewer than all. */
  private static final int TOKENS_ON_THE_WAY_MAX = TOKENS / 3;

  private static String flood(String key) {
    String text = "[[tokens=" + TOKENS + " size=" + LETTERS + "]]";
    return Requests.post(key, Requests.chatWithUsage(TestGateway.MODEL, text).toString());
  }

  private static void awaitPause(ReceivedRequest upstream) {
    int[] last = {-1, 0};
    Awaitility.await("the upstream to be paused")
        .atMost(TestGateway.SOON)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              int sent = upstream.sent();
              last[1] = sent > 0 && sent == last[0] ? last[1] + 1 : 0;
              last[0] = sent;
              // The same count once or twice only means a busy machine.
              return last[1] == 5;
            });
  }

  @Test
  void upstreamPausesAndGoesOnAndNothingIsLost() throws IOException {
    try (RawHttp client = RawHttp.to(GATEWAY.address(), 16 * 1024)) {
      client.send(flood(GATEWAY.key()));
      ReceivedRequest upstream = GATEWAY.upstream();
      awaitPause(upstream);
      assertThat(upstream.sent()).isLessThan(TOKENS_ON_THE_WAY_MAX);

      Response response = client.response();

      Events events = response.events();
      assertThat(events.content()).hasSize(TOKENS * LETTERS);
      assertThat(events.usage().path("completion_tokens").asInt()).isEqualTo(TOKENS);
      assertThat(events.all()).hasSizeLessThan(TOKENS);
      assertThat(events.all()).allMatch(event -> event.length() < 16_384);
      assertThat(events.done()).isTrue();
      assertThat(upstream.awaitEnd(TestGateway.SOON))
          .isEqualTo(new ReceivedRequest.ResponseEnd(How.WRITTEN, TOKENS));
      assertThat(GATEWAY.row(response).outcome()).isEqualTo("completed");
      assertNextIsServed(client);
    }
  }

  /** The same loop takes the same upstream connection, whose reading had been switched off. */
  private static void assertNextIsServed(RawHttp client) throws IOException {
    int connections = GATEWAY.simulator().accepted();
    String text = "[[tokens=2000 size=100]]";
    client.send(
        Requests.post(GATEWAY.key(), Requests.chat(TestGateway.MODEL, text, true).toString()));

    assertThat(client.response().events().done()).isTrue();
    assertThat(GATEWAY.simulator().accepted()).isEqualTo(connections);
  }

  @Test
  void aClientThatReadsNothingIsDropped() throws IOException {
    String key = GATEWAY.newKey(10);
    try (RawHttp client = RawHttp.to(GATEWAY.address(), 16 * 1024)) {
      client.send(flood(key));
      ReceivedRequest.ResponseEnd ending = GATEWAY.upstream().awaitEnd(TestGateway.SOON);

      assertThat(ending.how()).isEqualTo(How.PEER_LEFT);
      assertThat(ending.tokens()).isLessThan(TOKENS_ON_THE_WAY_MAX);
      LedgerRow row = GATEWAY.rowOf(key);
      assertThat(row.outcome()).isEqualTo("timed_out");
      assertThat(row.completionTokens()).isPositive();
    }
  }
}
