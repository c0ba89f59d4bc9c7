package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.process.Vital;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.testing.Misfortune;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;

/** What ends {@code serve}, with which status, and what does not. */
@Tag("socket")
@Timeout(60)
final class ServeEndsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path home;
  private Simulator simulator;
  private String key;

  @BeforeEach
  void prepare() throws IOException {
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    simulator = Simulator.start(anywhere, Script.of("tokens=3"));
    key = Run.newKey(home);
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  private String configuration(String model) {
    return "models: [{ name: %s, targets: [{ url: \"%s/v1\" }] }]\n"
        .formatted(model, Greeting.base(simulator.address()));
  }

  private Run serve(String... jvm) throws IOException {
    return Run.serve(home, List.of(jvm), configuration("sim"));
  }

  private Response ask(InetSocketAddress at, String model) throws IOException {
    try (RawHttp client = RawHttp.to(at)) {
      return client
          .send(Requests.post(key, Requests.chat(model, "hi", true).toString()))
          .response();
    }
  }

  @Test
  void aHangupReloadsAndSaysWhatWasWrong() throws IOException {
    try (Run serve = serve()) {
      InetSocketAddress address = serve.address();
      Path file = home.resolve("tayyar.yaml");
      Files.writeString(file, configuration("other"));
      serve.signal("HUP");
      Awaitility.await().atMost(SOON).until(() -> ask(address, "sim").status() == 404);
      assertThat(ask(address, "other").events().done()).isTrue();

      Files.writeString(file, "models: [{ name: sim, targets: [{ url: nowhere }] }]");
      serve.signal("HUP");
      Awaitility.await().atMost(SOON).until(() -> !serve.err().isEmpty());
      assertThat(serve.err())
          .contains("\"message\":\"the configuration was not reloaded\"", "line 1", "nowhere");
      assertThat(ask(address, "other").events().done()).isTrue();

      Files.writeString(file, configuration("third") + "bounds: { streamsMax: 7 }\n");
      serve.signal("HUP");
      Awaitility.await().atMost(SOON).until(() -> serve.err().contains("restart_needed_for"));
      assertThat(serve.err()).contains("\"bounds.streamsMax\"").doesNotContain("was reloaded\"");
      assertThat(ask(address, "third").events().done()).isTrue();
    }
  }

  /** The first lets running answers finish, the second ends them, with all that an end has. */
  @Test
  void whoInterruptsTwiceWaitsForNobody() throws IOException {
    try (Run serve = serve()) {
      InetSocketAddress address = serve.address();
      try (RawHttp client = RawHttp.to(address)) {
        client.send(
            Requests.post(key, Requests.chat("sim", "[[tokens=9 hold@2]]", true).toString()));
        ReceivedRequest upstream = simulator.next(SOON);
        upstream.awaitHeld(SOON);
        serve.signal("INT");
        Awaitility.await("the drain").atMost(SOON).until(() -> refused(address));
        serve.signal("INT");

        assertThat(client.response().events().error().path("code").asString())
            .isEqualTo("draining");
        assertThat(serve.status()).isEqualTo(130);
      }
    }
  }

  /** A balancer has to see that it is not ready while it still answers. */
  @Test
  void readinessGoesFirstAndRequestsAreTakenForAWhile() throws IOException {
    String before = configuration("sim") + "deadlines: { preStop: 20s }\n";
    try (Run serve = Run.serve(home, List.of(), before)) {
      InetSocketAddress address = serve.address();
      URI metrics = URI.create(serve.find("metrics +(http://127\\.0\\.0\\.1:\\d+)/metrics"));
      var admin = new InetSocketAddress(metrics.getHost(), metrics.getPort());
      assertThat(status(admin, "/readyz")).isEqualTo(200);
      serve.signal("TERM");
      Awaitility.await("readiness").atMost(SOON).until(() -> status(admin, "/readyz") == 503);

      assertThat(ask(address, "sim").events().done()).isTrue();
      assertThat(status(admin, "/healthz")).isEqualTo(200);
      serve.signal("INT");
      assertThat(serve.status()).isEqualTo(143);
    }
  }

  @Test
  void eachStepOfItsLifeHasALine() throws IOException {
    Path config = home.resolve("tayyar.yaml");
    Files.writeString(config, configuration("sim"));
    String free = "127.0.0.1:0";
    try (Run serve =
        Run.logging(home, "serve", "--config", "" + config, "--listen", free, "--admin", free)) {
      InetSocketAddress address = serve.address();
      serve.signal("HUP");
      Awaitility.await().atMost(SOON).until(() -> serve.err().contains("was reloaded"));
      serve.signal("TERM");
      assertThat(serve.status()).isEqualTo(143);
      assertThat(serve.err())
          .containsSubsequence(
              "\"message\":\"started\",\"listen\":\"127.0.0.1:" + address.getPort() + "\"",
              "\"models\":\"sim\"",
              "\"message\":\"the configuration was reloaded\"",
              "\"message\":\"not ready any more\"",
              "\"message\":\"draining\"",
              "\"message\":\"stopped\"");
    }
  }

  private static int status(InetSocketAddress at, String path) throws IOException {
    try (RawHttp client = RawHttp.to(at)) {
      return client.send(Requests.bare("GET", path)).response().status();
    }
  }

  private static boolean refused(InetSocketAddress at) {
    try (RawHttp client = RawHttp.to(at)) {
      return client.closesSilently();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void itRunsWhereJavaLeavesSignalsToTheSystem() throws IOException {
    try (Run serve = serve("-Xrs")) {
      assertThat(ask(serve.address(), "sim").events().done()).isTrue();
    }
  }

  @Test
  void itEndsWithTheInputThatItsLauncherHolds() throws IOException {
    try (Run serve = serve("-Dtayyar.parent=true")) {
      InetSocketAddress address = serve.address();
      assertThat(ask(address, "sim").events().done()).isTrue();
      serve.endInput();

      assertThat(serve.status()).isEqualTo(143);
      assertThat(serve.err()).isEmpty();
    }
  }

  @Test
  void anyOtherInputMayEnd() throws IOException {
    try (Run serve = serve()) {
      serve.endInput();

      assertThat(ask(serve.address(), "sim").events().done()).isTrue();
    }
  }

  /**
   * Netty counts the memory outside of the heap by itself: no option of Java's sees its end. Here
   * it suffices for an event loop and not for a buffer.
   */
  @Test
  void withoutMemoryForSocketsItEnds() throws IOException {
    List<String> little = List.of("-Dio.netty.maxDirectMemory=65536");
    try (Run serve = Run.serve(home, little, configuration("sim") + "loops: 1\n")) {
      InetSocketAddress address = serve.address();
      try (RawHttp client = RawHttp.to(address)) {
        client.send(Requests.post(key, Requests.chat("sim", "hi", true).toString()));

        assertThat(serve.status()).isEqualTo(Vital.STATUS);
      }
      assertThat(serve.err()).contains("OutOfDirectMemoryError", "the process ends");
    }
  }

  @Test
  void withoutHeapItEndsWithoutJavasOptionToo() throws IOException {
    try (Misfortune misfortune = Misfortune.in(home);
        Run serve = serve("-Xmx64m", misfortune.option())) {
      assertThat(ask(serve.address(), "sim").events().done()).isTrue();
      misfortune.next().runsOutOfMemory();

      assertThat(serve.status()).isEqualTo(Vital.STATUS);
    }
  }
}
