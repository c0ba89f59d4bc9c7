package tayyar.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Measured;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;

/**
 * A gateway with a heap of 512 MB is flooded from all sides: it refuses what it has no memory for,
 * serves others while it does, and is as well as before when it is over.
 */
@Tag("socket")
@Timeout(180)
final class FloodTest {
  private static final List<String> JVM =
      List.of("-Xmn32m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError");

  /**
   * The flood passes through one thread of the upstream and takes most of the machine meanwhile.
   */
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final int MANY = 3_500;
  private static final int PART_BYTES = 200 * 1024;

  /** Outside of the heap, so that a write does not copy it first. */
  private static final ByteBuffer SPACES = ByteBuffer.allocateDirect(PART_BYTES);

  @TempDir private Path home;
  private final List<SocketChannel> flood = new ArrayList<>();
  private String key = "";
  private Run upstream;
  private Run serve;
  private InetSocketAddress address;
  private long before;

  @BeforeEach
  void start() throws IOException {
    key = Run.newKey(home);
    upstream = Run.simulate(home);
    serve = Run.serve(home, JVM, upstream);
    address = serve.address();
    assertServed();
    before = resident();
  }

  @AfterEach
  void stop() throws IOException {
    for (SocketChannel client : flood) {
      client.close();
    }
    String err = serve.err();
    serve.close();
    upstream.close();
    assertThat(err).as("what the gateway complains of").isEmpty();
  }

  @Test
  void bodiesOfManyWithoutAKeyAreNotKept() throws IOException {
    byte[] post = begun("sk-nobody", "");
    for (int i = 0; i < MANY; i++) {
      send(post, PART_BYTES);
    }

    assertServed();
    for (SocketChannel client : flood) {
      assertThat(beginOf(client)).isIn("", "HTTP/1.1 401 ", "HTTP/1.1 429 ");
    }
    assertWellAfterwards("3,500 bodies without a key", 150);
  }

  @Test
  void headsThatNeverEndAreBounded() throws IOException {
    byte[] begin = "GET /v1/models HTTP/1.1\r\nHost: test\r\n".getBytes(US_ASCII);
    byte[] field = ("X-Long: " + "x".repeat(7_000) + "\r\n").getBytes(US_ASCII);
    for (int i = 0; i < MANY; i++) {
      SocketChannel client = send(begin, 0);
      for (int n = 0; n < 4; n++) {
        client.write(ByteBuffer.wrap(field));
      }
    }

    assertServed();
    assertWellAfterwards("3,500 heads that never end", 250);
  }

  @Test
  void bodiesOfOneKeyHaveAQuarterOfTheMemory() throws IOException {
    byte[] post = begun(key, "");
    for (int i = 0; i < MANY; i++) {
      send(post, PART_BYTES);
    }

    Response refused = ask(key, "x".repeat(PART_BYTES));
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.error().path("code").asString()).isEqualTo("memory_full");
    assertThat(refused.field("Retry-After")).isNotEmpty();
    key = Run.newKey(home);
    Awaitility.await("another key's answer")
        .atMost(SOON)
        .until(() -> ask(key, "[[tokens=3]] " + "x".repeat(PART_BYTES)).status() == 200);
    assertWellAfterwards("3,500 bodies of one key", 300);
  }

  @Test
  void wholeAnswersOfAFloodingUpstreamAreBounded() throws IOException {
    String body = Requests.chat("sim", "[[tokens=30000 size=500 pace=0]]", false).toString();
    byte[] post = Requests.post(key, body).getBytes(US_ASCII);
    for (int i = 0; i < 300; i++) {
      send(post, 0);
    }

    key = Run.newKey(home);
    Awaitility.await("another key's answer")
        .atMost(SOON)
        .until(() -> ask(key, "[[tokens=3]]").status() == 200);
    int refused = 0;
    for (SocketChannel client : flood) {
      String begin = beginOf(client);
      assertThat(begin).containsAnyOf("HTTP/1.1 200 ", "HTTP/1.1 503 ");
      refused += begin.startsWith("HTTP/1.1 503 ") ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(0);
    assertWellAfterwards("300 whole answers of 15 MB", 900);
  }

  @Test
  void eventsThatDoNotEndAreBounded() throws IOException {
    String body = Requests.chat("sim", "[[tokens=3 endless@1]]", true).toString();
    byte[] post = Requests.post(key, body).getBytes(US_ASCII);
    for (int i = 0; i < 300; i++) {
      send(post, 0);
    }

    for (SocketChannel client : flood) {
      assertThat(beginOf(client)).containsAnyOf("HTTP/1.1 200 ", "HTTP/1.1 50");
    }
    assertServed();
    assertWellAfterwards("300 events that do not end", 500);
  }

  @Test
  void answersThatNobodyReadsAreNotMade() throws IOException {
    for (String one :
        List.of(
            Requests.bare("GET", "/v1/models"),
            Requests.post("sk-nobody", "{}"),
            Requests.post(key, "{}"))) {
      byte[] all = one.repeat(4 * 1024 * 1024 / one.length()).getBytes(US_ASCII);
      for (int i = 0; i < 8; i++) {
        SocketChannel client = send(new byte[0], 0);
        client.write(ByteBuffer.wrap(all));
      }
    }

    assertServed();
    assertWellAfterwards("24 pipelines of 4 MB that nobody reads", 150);
  }

  private byte[] begun(String secret, String fields) {
    String post = Requests.post(secret, "", fields);
    return post.replace("Content-Length: 0", "Content-Length: 300000").getBytes(US_ASCII);
  }

  /** Sends on a connection of its own, as far as the peer takes it, and leaves it open. */
  private SocketChannel send(byte[] bytes, int more) throws IOException {
    SocketChannel client = SocketChannel.open(address);
    flood.add(client);
    client.configureBlocking(false);
    client.write(ByteBuffer.wrap(bytes));
    ByteBuffer rest = SPACES.duplicate().limit(more);
    try {
      for (int tries = 0; rest.hasRemaining() && tries < 20; tries++) {
        client.write(rest);
      }
    } catch (IOException e) {
      // The peer has refused it and closed.
    }
    return client;
  }

  /** The first bytes of an answer; empty where the connection was closed with a reset. */
  private static String beginOf(SocketChannel client) throws IOException {
    client.configureBlocking(true);
    client.socket().setSoTimeout(60_000);
    try {
      return new String(client.socket().getInputStream().readNBytes(13), US_ASCII);
    } catch (SocketException e) {
      return "";
    }
  }

  private Response ask(String secret, String text) throws IOException {
    try (RawHttp client = RawHttp.to(address)) {
      String body = Requests.chat("sim", text, true).toString();
      return client.send(Requests.post(secret, body)).response();
    }
  }

  private void assertServed() throws IOException {
    assertThat(ask(key, "[[tokens=5]]").events().done()).isTrue();
    try (RawHttp client = RawHttp.to(address)) {
      assertThat(client.send(Requests.bare("GET", "/health")).response().status()).isEqualTo(200);
    }
  }

  /** Keys are still watched, answers given and rows written; the memory stayed within bounds. */
  private void assertWellAfterwards(String what, long megabytesMost) throws IOException {
    long more = (resident() - before) / 1024;
    Measured.print(what + " cost " + more + " MB of the gateway's memory");
    for (SocketChannel client : flood) {
      client.close();
    }
    String fresh = Run.newKey(home);
    Awaitility.await("a new key to be known")
        .atMost(SOON)
        .until(() -> ask(fresh, "[[tokens=5]]").status() == 200);
    assertServed();
    assertThat(more).as("megabytes").isLessThan(megabytesMost);
  }

  private long resident() throws IOException {
    String status = Files.readString(Path.of("/proc", Long.toString(serve.pid()), "status"));
    int at = status.indexOf("VmRSS:") + 6;
    return Long.parseLong(status.substring(at, status.indexOf(" kB", at)).strip());
  }
}
