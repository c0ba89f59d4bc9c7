package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;

/** A gateway that may open few files, and more clients than that, all of whom ask. */
@Tag("socket")
@Timeout(60)
final class FewFilesTest {
  private static final int FILES = 256;

  @TempDir private Path home;

  @Test
  void healthAnswersAndKeysAreWatched() throws IOException {
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    String key = Run.newKey(home);
    List<RawHttp> clients = new ArrayList<>();
    try (var simulator = Simulator.start(anywhere, Script.of("tokens=9 hold@2"));
        Run serve = serve(simulator)) {
      InetSocketAddress address = serve.address();
      URI metrics = URI.create(serve.find("metrics +(http://127\\.0\\.0\\.1:\\d+)/metrics"));
      var admin = new InetSocketAddress(metrics.getHost(), metrics.getPort());
      RawHttp stream = RawHttp.to(address);
      stream.send(Requests.post(key, Requests.chat("sim", "hi", true).toString()));
      RawHttp.Head head = stream.head();
      assertThat(head.status()).isEqualTo(200);
      String begun = Requests.post(key, "").replace("Content-Length: 0", "Content-Length: 9");
      for (int i = 0; i < 2 * FILES; i++) {
        clients.add(begin(address, begun));
      }

      assertThat(health(admin)).isEqualTo(200);
      assertDoesNotSpin(serve.pid());
      assertThat(health(admin)).isEqualTo(200);
      revoke(key);
      Response ended = stream.body(head);
      assertThat(ended.events().error().path("code").asString()).isEqualTo("key_revoked");
      stream.close();
      assertThat(serve.err()).isEmpty();
    } finally {
      for (RawHttp client : clients) {
        client.close();
      }
    }
  }

  private Run serve(Simulator simulator) throws IOException {
    Path config =
        Files.writeString(
            home.resolve("tayyar.yaml"),
            "models: [{ name: sim, targets: [{ url: \"%s/v1\" }] }]\n"
                .formatted(Greeting.base(simulator.address())));
    String free = "127.0.0.1:0";
    return Run.withFiles(
        FILES, home, "serve", "--config", "" + config, "--listen", free, "--admin", free);
  }

  /** One for whom there is no room is closed, perhaps before it has said anything. */
  private static RawHttp begin(InetSocketAddress address, String head) throws IOException {
    RawHttp client = RawHttp.to(address);
    try {
      client.send(head);
    } catch (IOException e) {
      client.close();
    }
    return client;
  }

  private static int health(InetSocketAddress admin) throws IOException {
    try (RawHttp client = RawHttp.to(admin)) {
      Response response = client.send(Requests.bare("GET", "/healthz")).response();
      return response.status();
    }
  }

  private static void assertDoesNotSpin(long pid) {
    var process = ProcessHandle.of(pid).orElseThrow();
    Duration before = process.info().totalCpuDuration().orElseThrow();
    Awaitility.await("a second of little work")
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofMillis(1_500))
        .until(
            () -> process.info().totalCpuDuration().orElseThrow().minus(before).toMillis() < 700);
  }

  private void revoke(String key) throws IOException {
    String end = key.substring(key.length() - 4);
    try (Run revoke = Run.of(home, "keys", "revoke", end)) {
      assertThat(revoke.status()).isZero();
    }
  }
}
