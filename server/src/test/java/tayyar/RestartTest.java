package tayyar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.testing.Misfortune;
import tayyar.testing.Misfortune.Victim;
import tayyar.testing.Program;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code ./tayyar serve} with a real server that dies, is started again and answers again. */
@Tag("socket")
@Timeout(120)
final class RestartTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private Checkout checkout;
  private Simulator simulator;
  private Misfortune misfortune;
  private Path config;

  @BeforeEach
  void prepare() throws IOException {
    checkout = new Checkout(folder);
    checkout.realJdk(folder.resolve("jdk"));
    misfortune = Misfortune.in(folder);
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    checkout
        .set("TAYYAR_JAVA_HOME", folder.resolve("jdk").toString())
        .set("TAYYAR_LOG_LEVEL", "warn")
        .set(
            "TAYYAR_JAVA_OPTS",
            "-Xmx64m -Xmn16m -XX:TieredStopAtLevel=1 -Djava.io.tmpdir=%s %s"
                .formatted(temporary, misfortune.option()));
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    simulator = Simulator.start(anywhere, Script.of("tokens=3"));
    config =
        Files.writeString(folder.resolve("tayyar.yaml"), Serving.configuration("sim", simulator));
  }

  @AfterEach
  void stop() throws IOException {
    simulator.close();
    misfortune.close();
  }

  private Serving serve() throws IOException {
    return Serving.of(checkout.start(checkout.launcher(), "serve", "--config", config.toString()));
  }

  private static String post(String key, String text) {
    return Requests.post(key, Requests.chat("sim", text, true).toString());
  }

  private static Response ask(InetSocketAddress at, String key) throws IOException {
    try (RawHttp client = RawHttp.to(at)) {
      return client.send(post(key, "hi")).response();
    }
  }

  private interface Befalls {
    void one(Victim server) throws IOException;
  }

  private void assertAnswersAgain(int status, Befalls misfortunes, String why) throws Exception {
    try (Serving serving = serve()) {
      Victim first = misfortune.next();
      InetSocketAddress address = serving.address();
      String key = serving.key();
      assertThat(ask(address, key).events().done()).isTrue();
      misfortunes.one(first);
      BufferedReader err = serving.launcher().errorReader(UTF_8);
      assertThat(err.readLine()).contains(why);
      assertThat(err.readLine())
          .isEqualTo(
              "tayyar: the server ended with status %d; it is started again in 1 s."
                  .formatted(status));

      assertThat(misfortune.next().pid()).isNotEqualTo(first.pid());
      assertThat(ask(serving.address(), key).events().done()).isTrue();
      serving.signal("TERM");
      assertThat(serving.status()).isEqualTo(143);
    }
  }

  @Test
  void withoutMemoryItEndsAndIsStartedAgain() throws Exception {
    assertAnswersAgain(3, Victim::runsOutOfMemory, "Terminating due to java.lang.OutOfMemoryError");
  }

  @Test
  void afterAThreadHasDiedItEndsAndIsStartedAgain() throws Exception {
    assertAnswersAgain(70, Victim::losesAThread, "the process ends");
  }

  @Test
  void aConfigurationThatIsWrongEndsItForGood() throws Exception {
    Files.writeString(config, "models: [{ name: sim, targets: [{ url: nowhere }] }]");
    try (Serving serving = serve()) {
      assertThat(serving.status()).isEqualTo(1);
      assertThat(serving.launcher().errorReader().readAllAsString())
          .hasLineCount(1)
          .contains("nowhere");
    }
  }

  @Test
  void itIsDrainedThroughTheLauncher() throws Exception {
    try (Serving serving = serve()) {
      Victim server = misfortune.next();
      InetSocketAddress address = serving.address();
      try (RawHttp client = RawHttp.to(address)) {
        client.send(post(serving.key(), "[[tokens=5 hold@2]]"));
        ReceivedRequest upstream = simulator.next(SOON);
        upstream.awaitHeld(SOON);
        serving.signal("TERM");
        Awaitility.await("the port to be closed").atMost(SOON).until(() -> refused(address));
        upstream.release();

        assertThat(client.response().events().finishReason()).isEqualTo("stop");
      }
      assertThat(serving.status()).isEqualTo(143);
      assertThat(ProcessHandle.of(server.pid())).isEmpty();
    }
  }

  private static boolean refused(InetSocketAddress at) throws IOException {
    try (var socket = new Socket(at.getAddress(), at.getPort())) {
      return !socket.isConnected();
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void itEndsWithTheLauncherHoweverThatEnds() throws Exception {
    try (Serving serving = serve()) {
      Victim server = misfortune.next();
      InetSocketAddress address = serving.address();
      serving.signal("KILL");

      Awaitility.await("the server's end")
          .atMost(SOON)
          .until(() -> ProcessHandle.of(server.pid()).filter(ProcessHandle::isAlive).isEmpty());
      assertThat(refused(address)).isTrue();
    }
  }

  @Test
  void itReloadsThroughTheLauncher() throws Exception {
    try (Serving serving = serve()) {
      InetSocketAddress address = serving.address();
      String key = serving.key();
      Files.writeString(config, Serving.configuration("other", simulator));
      serving.signal("HUP");

      Awaitility.await("the reload").atMost(SOON).until(() -> ask(address, key).status() == 404);
      serving.signal("INT");
      assertThat(serving.status()).isEqualTo(130);
    }
  }

  @Test
  void itEndsWithItsTerminal() throws Exception {
    try (Program terminal = checkout.onTerminal("serve", "--config", config.toString())) {
      Victim server = misfortune.next();
      ObjectNode ask = JsonMapper.shared().createObjectNode();
      terminal.ask(ask.put("until", "Ctrl-C stops it"));
      ask.put("hangUp", true);

      assertThat(terminal.ask(ask).path("status").asInt()).isEqualTo(129);
      assertThat(ProcessHandle.of(server.pid())).isEmpty();
    }
  }
}
