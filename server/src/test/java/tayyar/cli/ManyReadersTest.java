package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
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

  /** A second in which the gateway computes for less than this has found all buffers full. */
  private static final long IDLE_TICKS = 10;

  private static final List<String> LITTLE_MEMORY =
      List.of("-Xmn16m", "-Xmx256m", "-XX:MaxDirectMemorySize=256m");
  private static final long KILOBYTES_EACH_MAX = 400;
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path home;
  private final List<SocketChannel> clients = new ArrayList<>();
  private final List<StringBuilder> heard = new ArrayList<>();

  @Test
  void eachCostsBoundedMemory() throws IOException {
    String key = Run.newKey(home);
    try (Run upstream = Run.simulate(home);
        Run serve = Run.serve(home, LITTLE_MEMORY, upstream)) {
      InetSocketAddress address = serve.address();
      assertThat(isServed(address, key)).isTrue();
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
        assertThat(heard).allMatch(text -> text.toString().startsWith("HTTP/1.1 2"));
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

  /**
   * Reads a byte of each every second, until the gateway has had nothing to do for three of them.
   *
   * @return the most memory the process had, in KB
   */
  private long readSlowly(Run serve) {
    long[] most = {0};
    long[] ticks = {0};
    int[] idle = {0};
    Awaitility.await("all buffers to be full")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              readOne();
              most[0] = Math.max(most[0], resident(serve));
              long now = ticks(serve);
              idle[0] = now - ticks[0] < IDLE_TICKS ? idle[0] + 1 : 0;
              ticks[0] = now;
              return idle[0] == 3;
            });
    return most[0];
  }

  private void readOne() throws IOException {
    var one = ByteBuffer.allocate(1);
    for (int i = 0; i < READERS; i++) {
      int count = clients.get(i).read(one.clear());
      assertThat(count).as("the connection is open").isNotEqualTo(-1);
      heard.get(i).append(count == 0 ? "" : (char) one.get(0));
    }
  }

  /** Hundredths of a second in which the process has computed. */
  private static long ticks(Run run) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(run.pid()), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
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
