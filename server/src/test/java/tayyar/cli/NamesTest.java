package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** A target's name comes to stand for another address while the gateway runs, as a process. */
@Tag("socket")
@Timeout(60)
final class NamesTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path home;

  /** The JDK's own resolver with a file instead of the network; it remembers for a second. */
  @Test
  void newConnectionsGoToTheNewAddress() throws IOException {
    Path hosts = home.resolve("hosts");
    try (Simulator before = simulator("127.0.0.1", 0);
        Simulator behind = simulator("127.0.0.2", before.address().getPort())) {
      Files.writeString(hosts, "127.0.0.1 upstream.test\n");
      try (Run serve = serve(hosts, before.address().getPort())) {
        InetSocketAddress address = serve.address();
        String key = serve.find("key +(sk-[0-9a-f]+) +\\(shown this once\\)");
        assertThat(ask(address, key).status()).as("a key that was just made").isEqualTo(200);

        Files.writeString(hosts, "127.0.0.2 upstream.test\n");
        assertThat(ask(address, key).events().done()).isTrue();
        assertThat(behind.requests()).as("requests while a connection is open").isZero();

        Awaitility.await("the new address")
            .atMost(SOON)
            .until(
                () -> {
                  before.closeConnections();
                  assertThat(ask(address, key).events().done()).isTrue();
                  return behind.requests() > 0;
                });
      }
    }
  }

  private Run serve(Path hosts, int port) throws IOException {
    return Run.serve(
        home,
        List.of("-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.ttl=1"),
        "loops: 1\nmodels: [{ name: sim, targets: [{ url: \"http://upstream.test:%d/v1\" }] }]\n"
            .formatted(port));
  }

  private static Simulator simulator(String host, int port) throws IOException {
    return Simulator.start(new InetSocketAddress(host, port), Script.of("tokens=3"));
  }

  private static Response ask(InetSocketAddress address, String key) throws IOException {
    try (RawHttp client = RawHttp.to(address)) {
      return client
          .send(Requests.post(key, Requests.chat("sim", "hi", true).toString()))
          .response();
    }
  }
}
