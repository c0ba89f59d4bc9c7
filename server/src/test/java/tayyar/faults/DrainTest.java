package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.Events;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** After the stop signal no request begins, and running ones may end. */
@Tag("socket")
class DrainTest {
  private TestGateway gateway = TestGateway.usual();

  @AfterEach
  void stopRest() {
    gateway.closeRest();
  }

  private void start(Duration grace) throws IOException {
    gateway = TestGateway.with(Bounds.DEFAULT.with(Deadline.DRAIN, grace));
    gateway.start();
  }

  private String post(String text) {
    return Requests.post(gateway.key(), Requests.chat(TestGateway.MODEL, text, true).toString());
  }

  @Test
  void aRunningStreamEndsWell() throws IOException {
    start(Duration.ofSeconds(20));
    try (RawHttp client = gateway.connect();
        RawHttp idle = gateway.connect()) {
      idle.send(Requests.bare("GET", "/health")).response();
      client.send(post("[[tokens=5 hold@2]]"));
      ReceivedRequest upstream = gateway.upstream();
      upstream.awaitHeld(TestGateway.SOON);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::stopGateway);
      assertThat(idle.closesSilently()).isTrue();
      upstream.release();

      Response response = client.response();

      assertThat(response.events().finishReason()).isEqualTo("stop");
      assertThat(response.events().done()).isTrue();
      stopped.join();
      assertThat(gateway.row(response).outcome()).isEqualTo("completed");
      assertThat(client.closesSilently()).isTrue();
    }
  }

  @Test
  void aRequestOnAnOpenConnectionIsRefused() throws IOException {
    start(Duration.ofSeconds(20));
    try (RawHttp running = gateway.connect();
        RawHttp late = gateway.connect()) {
      running.send(post("[[tokens=5 hold@2]]"));
      ReceivedRequest upstream = gateway.upstream();
      upstream.awaitHeld(TestGateway.SOON);
      String post = post("[[tokens=1]]");
      late.send(post.substring(0, post.length() - 1));
      try (RawHttp idle = gateway.connect()) {
        idle.send(Requests.bare("GET", "/health")).response();
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::stopGateway);
        assertThat(idle.closesSilently()).isTrue();
        late.send(post.substring(post.length() - 1));

        Response refused = late.response();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.error().path("code").asString()).isEqualTo("draining");
        assertThat(refused.field("Connection")).isEqualTo("close");
        assertThat(refused.field("Retry-After")).isNotEmpty();
        upstream.release();
        assertThat(running.response().events().done()).isTrue();
        stopped.join();
      }
    }
  }

  @Test
  void aStreamThatOutlivesTheGraceIsToldSo() throws IOException {
    start(Duration.ofMillis(300));
    try (RawHttp client = gateway.connect()) {
      client.send(post("[[tokens=5 hold@2]]"));
      ReceivedRequest upstream = gateway.upstream();
      upstream.awaitHeld(TestGateway.SOON);
      gateway.stopGateway();

      Response response = client.response();

      Events events = response.events();
      assertThat(events.error().path("code").asString()).isEqualTo("draining");
      assertThat(events.finishReason()).isEmpty();
      assertThat(events.done()).isTrue();
      assertThat(upstream.awaitEnd(TestGateway.SOON))
          .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 2));
      assertThat(gateway.row(response).outcome()).isEqualTo("draining");
    }
  }
}
