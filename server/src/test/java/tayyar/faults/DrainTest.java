package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** After the stop signal no connection is made; requests that have come may end. */
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

  /** A proxy that had sent half of it could not send it again. */
  @Test
  void aRequestThatHadBegunIsServed() throws IOException {
    start(Duration.ofSeconds(20));
    try (RawHttp begun = gateway.connect();
        RawHttp idle = gateway.connect()) {
      String post = post("[[tokens=3]]");
      begun.send(post.substring(0, post.length() - 1));
      idle.send(Requests.bare("GET", "/health")).response();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::stopGateway);
      assertThat(idle.closesSilently()).isTrue();
      begun.send(post.substring(post.length() - 1));

      Response response = begun.response();

      assertThat(response.events().done()).isTrue();
      assertThat(begun.closesSilently()).isTrue();
      stopped.join();
      assertThat(gateway.row(response).outcome()).isEqualTo("completed");
    }
  }

  @Test
  void aBodyThatDoesNotComeIsToldSo() throws IOException {
    start(Duration.ofMillis(300));
    try (RawHttp client = gateway.connect()) {
      String post = post("[[tokens=1]]");
      client.send(post.substring(0, post.length() - 1));
      await("it to be let in").atMost(TestGateway.SOON).until(() -> gateway.live() == 1);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::stopGateway);

      Response refused = client.response();

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.error().path("code").asString()).isEqualTo("draining");
      assertThat(refused.field("Retry-After")).isNotEmpty();
      stopped.join();
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

  /** It was let in while the server ran, and its answer begins only while that stops. */
  @Test
  void anAnswerThatBeginsLateAndOutlivesTheGraceIsToldSo() throws IOException {
    start(Duration.ofSeconds(2));
    try (RawHttp late = gateway.connect();
        RawHttp idle = gateway.connect()) {
      String post = post("[[tokens=5 hold@2]]");
      late.send(post.substring(0, post.length() - 1));
      idle.send(Requests.bare("GET", "/health")).response();
      await("it to be let in").atMost(TestGateway.SOON).until(() -> gateway.live() == 1);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::stopGateway);
      assertThat(idle.closesSilently()).isTrue();
      late.send(post.substring(post.length() - 1));

      Response response = late.response();

      assertThat(response.events().error().path("code").asString()).isEqualTo("draining");
      assertThat(response.events().done()).isTrue();
      stopped.join();
      assertThat(gateway.row(response).outcome()).isEqualTo("draining");
    }
  }

  /** Nobody who connected before the listener closed is reset, however many wait. */
  @Test
  void allWhoWaitToBeAcceptedAreServed() throws IOException {
    start(Duration.ofSeconds(20));
    List<RawHttp> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 60; i++) {
        clients.add(gateway.connect());
        clients.getLast().send(Requests.bare("GET", "/health"));
      }
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::stopGateway);
      for (RawHttp client : clients) {
        assertThat(client.response().status()).isEqualTo(200);
      }
      stopped.join();
    } finally {
      for (RawHttp client : clients) {
        client.close();
      }
    }
  }

  /**
   * Whoever connected just before the listener closed can't know; a second later he is too late.
   */
  @Test
  void aConnectionJustMadeIsServed() throws IOException {
    start(Duration.ofSeconds(20));
    try (RawHttp used = gateway.connect();
        RawHttp made = gateway.connect();
        RawHttp silent = gateway.connect()) {
      used.send(Requests.bare("GET", "/health")).response();
      await("connections")
          .atMost(TestGateway.SOON)
          .until(() -> gateway.gauge("tayyar_connections") == 3);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::stopGateway);
      assertThat(used.closesSilently()).isTrue();

      Response response = made.send(post("[[tokens=3]]")).response();

      assertThat(response.events().done()).isTrue();
      assertThat(made.closesSilently()).isTrue();
      assertThat(silent.closesSilently()).isTrue();
      stopped.join();
      assertThat(gateway.row(response).outcome()).isEqualTo("completed");
    }
  }
}
