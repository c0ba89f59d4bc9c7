package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.FileServer;

/** {@code pull} as processes that know nothing of each other but the cache. */
@Tag("socket")
@Timeout(60)
final class PullCommandTest {
  private static final Path LOCKS = Path.of("/proc/locks");
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path home;
  private FileServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FileServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Run pull(String url) throws IOException {
    return Run.of(home, "pull", "--model-only", url);
  }

  @Test
  void twoAtOnceShareOneDownload() throws IOException {
    Assumptions.assumeTrue(Files.isReadable(LOCKS), "a kernel that lists its locks");
    String url = server.put("/m.gguf", "GGUF");
    server.hold();
    try (Run first = pull(url)) {
      Awaitility.await("the first to ask").atMost(SOON).until(() -> server.asked().size() == 1);
      try (Run second = pull(url)) {
        Awaitility.await("the second to wait")
            .atMost(SOON)
            .until(
                () -> Files.readString(LOCKS).matches("(?s).*-> [^\n]* " + second.pid() + " .*"));
        server.release();

        Path file = Path.of(first.find("model +(.*)"));
        assertThat(file).hasContent("GGUF");
        assertThat(second.find("model +(.*)")).isEqualTo(file.toString());
        assertThat(first.status() + second.status()).isZero();
        assertThat(first.err()).isEqualTo("Fetching m.gguf (0.0 MB) ...\nFetched m.gguf.\n");
        assertThat(second.err()).isEmpty();
        assertThat(server.asked()).hasSize(1);
      }
    }
  }

  @Test
  void whatIsKilledIsGoneOnWith() throws IOException {
    server.etag("\"one\"");
    String url = server.put("/m.gguf", "x".repeat(300_000));
    server.breakAfter(200_000);
    server.silent(true);
    try (Run first = pull(url)) {
      Awaitility.await("some of it").atMost(SOON).until(() -> have() > 0);
      first.signal("KILL");
      assertThat(first.status()).isEqualTo(137);
    }
    long have = have();
    try (Run second = pull(url)) {
      assertThat(Path.of(second.find("model +(.*)"))).hasContent("x".repeat(300_000));
      assertThat(second.status()).isZero();
      assertThat(server.asked()).containsExactly("/m.gguf", "/m.gguf bytes=" + have + "-");
    }
  }

  private long have() {
    Path cache = home.resolve(".cache");
    if (!Files.exists(cache)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(cache)) {
      Path part = files.filter(file -> file.toString().endsWith(".part")).findFirst().orElse(null);
      return part == null ? 0 : Files.size(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void programsReadJson() throws IOException {
    String url = server.put("/m.gguf", "GGUF");
    Said said = Said.by(home, "pull", "--model-only", "--json", url);

    assertThat(said.status()).isZero();
    assertThat(Path.of(said.json().path("model").asString())).hasContent("GGUF");
    assertThat(said.json().propertyNames()).containsExactly("model");
    assertThat(Said.by(home, "models").isGood().lines().getLast()).startsWith("m.gguf");
  }

  @Test
  void whatCannotBeHadIsASentence() {
    Said said = Said.by(home, "pull", "--model-only", server.base() + "/none.gguf");

    assertThat(said.status()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
    assertThat(said.err())
        .startsWith("none.gguf can't be downloaded: the server answered 404. To go on without it")
        .hasLineCount(1);
  }
}
