package tayyar.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Given;
import tayyar.testing.TestGateway;

/**
 * HTTP/2 as its specification has it, looked at from outside.
 *
 * @see <a href="https://github.com/summerwind/h2spec">h2spec</a>
 */
@Tag("clients")
@Timeout(180)
class H2SpecTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  @TempDir Path folder;

  /** How the program reaches the gateway. */
  List<String> way() {
    return List.of();
  }

  /**
   * Those that fail, and shall. A field block on a stream that is closed may have been on its way
   * when we reset the stream, so the connection goes on; the codec forgets closed streams, so one
   * with a smaller number looks the same.
   */
  List<String> failing() {
    return List.of(
        // Without TLS what is no preface is HTTP/1.1, and answered so.
        "× 2: Sends invalid connection preface",
        "× 12: closed: Sends a HEADERS frame",
        "× 2: Sends stream identifier that is numerically smaller than previous");
  }

  @Test
  void allIsAsSpecified() throws Exception {
    Path out = folder.resolve("out");
    List<String> command = new ArrayList<>();
    command.add(Given.GO_FOLDER.path().resolve("h2spec").toString());
    command.addAll(List.of("-p", Integer.toString(GATEWAY.address().getPort())));
    command.addAll(List.of("-P", "/v1/models", "--strict"));
    command.addAll(way());
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(out, UTF_8);
    assertThat(said).containsPattern("14[0-9] tests, 14[0-9] passed, 0 skipped");
    assertThat(said.substring(said.indexOf("Failures:")).lines().map(String::strip))
        .as(said)
        .filteredOn(line -> line.startsWith("×"))
        .containsExactlyElementsOf(failing());
  }
}
