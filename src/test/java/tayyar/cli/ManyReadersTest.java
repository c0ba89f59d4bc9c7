package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
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
import tayyar.testing.Measured;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;

/**
 * A thousand clients read a byte a second of answers of 600 MB each that come as fast as they can,
 * from a gateway that is a process with little memory.
 */
@Tag("socket")
@Timeout(150)
final class ManyReadersTest {
  private static final int READERS = 1_000;
  private static final int SECONDS = 20;
  private static final long KILOBYTES_EACH_MAX = 400;
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path home;
  private final List<SocketChannel> clients = new ArrayList<>();
  private final List<StringBuilder> heard = new ArrayList<>();

  @Test
  void eachCostsBoundedMemory() throws IOException {
    String key;
    try (Run create = Run.of(home, "keys", "create", "--rpm", "100000", "--json")) {
      key = create.find("(sk-[0-9a-f]{32})");
      assertThat(create.status()).isZero();
    }
    try (Run upstream = Run.of(home, "simulate", "--listen", "127.0.0.1:0");
        Run serve = serve(upstream.find("(http://127\\.0\\.0\\.1:\\d+)"))) {
      URI at = URI.create(serve.find("answers at (http://127\\.0\\.0\\.1:\\d+)"));
      var address = new InetSocketAddress(at.getHost(), at.getPort());
      Awaitility.await("the key").atMost(SOON).until(() -> isServed(address, key));
      long before = resident(serve);
      int descriptors = descriptors(serve);
      long most;
      try {
        for (int i = 0; i < READERS; i++) {
          clients.add(flooded(address, key));
          heard.add(new StringBuilder());
        }
        most = readSlowly(serve);
        assertThat(descriptors(serve)).isGreaterThan(descriptors + 2 * READERS - 10);
        assertThat(heard).allMatch(text -> text.toString().startsWith("HTTP/1.1 200"));
        assertThat(isServed(address, key)).as("somebody else's answer").isTrue();
      } finally {
        for (SocketChannel client : clients) {
          client.close();
        }
      }
      long each = (most - before) / READERS;
      Measured.print("a slow reader costs " + each + " KB of the gateway's memory");
      assertThat(each).isLessThan(KILOBYTES_EACH_MAX);
      Awaitility.await("all connections to be closed")
          .atMost(SOON)
          .until(() -> descriptors(serve) < descriptors + 100);
    }
  }

  private Run serve(String upstream) throws IOException {
    Path config = home.resolve("tayyar.yaml");
    Files.writeString(
        config,
        "models: [{ name: sim, targets: [{ url: \"%s/v1\", model: simulated }] }]\n"
            .formatted(upstream));
    return Run.of(
        home,
        List.of("-Xmn16m", "-Xmx256m", "-XX:MaxDirectMemorySize=256m"),
        "serve",
        "--config",
        config.toString(),
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0");
  }

  private static boolean isServed(InetSocketAddress address, String key) throws IOException {
    try (RawHttp client = RawHttp.to(address)) {
      String body = Requests.chat("sim", "[[tokens=50]]", true).toString();
      var response = client.send(Requests.post(key, body)).response();
      return response.status() == 200 && response.events().done();
    }
  }

  private static SocketChannel flooded(InetSocketAddress address, String key) throws IOException {
    SocketChannel client = SocketChannel.open();
    client.setOption(StandardSocketOptions.SO_RCVBUF, 4 * 1024);
    client.connect(address);
    String body = Requests.chat("sim", "[[tokens=1000000 size=600]]", true).toString();
    client.write(ByteBuffer.wrap(Requests.post(key, body).getBytes(UTF_8)));
    client.configureBlocking(false);
    return client;
  }

  /** Reads a byte of each every second; the most memory the process had, in KB. */
  private long readSlowly(Run serve) {
    long[] most = {0};
    int[] seconds = {0};
    Awaitility.await("all seconds")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              var one = ByteBuffer.allocate(1);
              for (int i = 0; i < READERS; i++) {
                int count = clients.get(i).read(one.clear());
                assertThat(count).as("the connection is open").isNotEqualTo(-1);
                heard.get(i).append(count == 0 ? "" : (char) one.get(0));
              }
              most[0] = Math.max(most[0], resident(serve));
              return ++seconds[0] == SECONDS;
            });
    return most[0];
  }

  private static long resident(Run run) throws IOException {
    String status = Files.readString(Path.of("/proc", Long.toString(run.pid()), "status"));
    return Long.parseLong(
        status
            .substring(
                status.indexOf("VmRSS:") + 6, status.indexOf(" kB", status.indexOf("VmRSS:")))
            .strip());
  }

  private static int descriptors(Run run) throws IOException {
    try (var all = Files.list(Path.of("/proc", Long.toString(run.pid()), "fd"))) {
      return (int) all.count();
    }
  }
}
