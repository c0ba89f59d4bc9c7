package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tayyar.Offer;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.routing.Fleet;
import tayyar.testing.Events;
import tayyar.testing.Given;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A server that is not ours as the upstream: llama.cpp's own, from the package xllamacpp. */
@Tag("clients")
@Timeout(120)
final class ForeignTest {
  private static final String MODEL = "foreign";

  private @Nullable Process server;
  private @Nullable InetSocketAddress there;
  private @Nullable TestFleet fleet;

  @BeforeEach
  void start() throws IOException {
    Process started =
        new ProcessBuilder(
                Given.PYTHON.path().toString(),
                Given.clients().resolve("python/foreign.py").toString(),
                Given.MODEL.path().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    server = started;
    BufferedReader out = started.inputReader(UTF_8);
    URI at = URI.create(Objects.requireNonNull(out.readLine(), "it did not start"));
    there = new InetSocketAddress(at.getHost(), at.getPort());
    Target target =
        new Target(
            "there",
            new Target.Address.Tcp(at.getHost(), at.getPort(), false),
            "/v1",
            "over-there",
            null);
    fleet =
        TestFleet.start(
            List.of(""),
            simulated ->
                List.of(
                    new Offer.Remote(
                        new Model(MODEL, 1, "tests", null, null, List.of()),
                        List.of(new Fleet.Member(target, 1, 0)),
                        TestFleet.rules(),
                        Map.of())));
  }

  @AfterEach
  void stop() {
    if (fleet != null) {
      fleet.close();
    }
    if (server != null) {
      server.destroyForcibly();
    }
  }

  private TestFleet fleet() {
    return Objects.requireNonNull(fleet);
  }

  private static ObjectNode asked(String text, boolean stream, int tokens) {
    ObjectNode body =
        stream ? Requests.chatWithUsage(MODEL, text) : Requests.chat(MODEL, text, false);
    return body.put("temperature", 0).put("seed", 1).put("max_tokens", tokens);
  }

  private Response direct(ObjectNode body) throws IOException {
    try (RawHttp client = RawHttp.to(Objects.requireNonNull(there))) {
      return client.send(Requests.post("none", body.toString())).response();
    }
  }

  private static String text(Response whole) {
    return whole.json().path("choices").path(0).path("message").path("content").asString();
  }

  @Test
  void anAnswerIsTheSameStreamedAndWholeAndAskedDirectly() throws IOException {
    for (String prompt : List.of("Count from one to five.", "ما هي عاصمة مصر؟")) {
      Response whole = fleet().chat(asked(prompt, false, 24));
      Response stream = fleet().chat(asked(prompt, true, 24));
      Events events = stream.events();

      assertThat(text(whole)).isNotEmpty();
      assertThat(events.content()).isEqualTo(text(whole));
      assertThat(text(direct(asked(prompt, false, 24)))).isEqualTo(text(whole));
      assertThat(events.done()).isTrue();
      assertThat(events.finishReason()).isIn("stop", "length");
      assertThat(events.finishReason())
          .isEqualTo(whole.json().path("choices").path(0).path("finish_reason").asString());
      JsonNode usage = whole.json().path("usage");
      assertThat(events.usage().path("completion_tokens"))
          .isEqualTo(usage.path("completion_tokens"));
      for (LedgerRow row : List.of(fleet().row(whole), fleet().row(stream))) {
        assertThat(row.outcome()).isEqualTo("completed");
        assertThat(row.estimated()).isFalse();
        assertThat(row.completionTokens()).isEqualTo(usage.path("completion_tokens").asInt());
        assertThat(row.promptTokens()).isPositive();
      }
    }
  }

  @Test
  void whoLeavesFreesItsSlot() throws IOException {
    try (RawHttp client = fleet().connect()) {
      String body = asked("Tell me a very long story.", true, 450).toString();
      client.send(Requests.post(fleet().key(), body));
      client.head();
      for (int i = 0; i < 3; i++) {
        client.chunk();
      }
      assertThat(busySlots()).isEqualTo(1);
    }
    Awaitility.await("its slot to be free").atMost(TestGateway.SOON).until(() -> busySlots() == 0);
    assertThat(fleet().rowOfWhoLeft().status()).isEqualTo(499);
  }

  private long busySlots() throws IOException {
    try (RawHttp client = RawHttp.to(Objects.requireNonNull(there))) {
      JsonNode slots = client.send("GET /slots HTTP/1.1\r\nHost: there\r\n\r\n").response().json();
      assertThat(slots.size()).isPositive();
      return slots.valueStream().filter(slot -> slot.path("is_processing").booleanValue()).count();
    }
  }

  @Test
  void itsDeathInTheMiddleIsTold() throws IOException {
    try (RawHttp client = fleet().connect()) {
      String body = asked("Tell me a very long story.", true, 450).toString();
      client.send(Requests.post(fleet().key(), body));
      RawHttp.Head head = client.head();
      client.chunk();
      Objects.requireNonNull(server).destroyForcibly();
      Response response = client.body(head);

      assertThat(response.events().error().path("code").asString()).isEqualTo("upstream_failed");
      assertThat(response.events().done()).isTrue();
      assertThat(fleet().row(response).outcome()).isEqualTo("failed");
    }
  }
}
