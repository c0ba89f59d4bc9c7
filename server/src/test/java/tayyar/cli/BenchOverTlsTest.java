package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.testing.OverTls;
import tayyar.testing.TestCertificate;
import tayyar.testing.TestGateway;

/** The generator and the server, which share no code, agree on TLS and on HTTP/2. */
@Tag("socket")
@OverTls
@Timeout(60)
final class BenchOverTlsTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  @TempDir private Path home;

  @ParameterizedTest
  @CsvSource({"'', HTTP/1.1", "--http2, HTTP/2"})
  void everyTokenComesThrough(String more, String protocol) {
    Path json = home.resolve("a.json");
    List<String> command = new ArrayList<>(List.of("bench", "--url", GATEWAY.baseUrl()));
    command.addAll(List.of("--key", GATEWAY.key(), "--warm-up", "0", "--json", json.toString()));
    command.addAll(List.of("--ca", TestCertificate.usual().files().certificate().toString()));
    command.addAll(List.of("--requests", "60", "--concurrency", "12", "--numbered"));
    command.addAll(List.of("--script", "tokens=100 pace=1ms"));
    if (!more.isEmpty()) {
      command.add(more);
    }
    // Without --model: the list of models is asked for over the same TLS.
    Said said = Said.by(home, command.toArray(String[]::new)).isGood();

    assertThat(said.out()).contains("60 whole, none failed").doesNotContain("flaws");
    assertThat(json).content().contains("\"protocol\":\"" + protocol + "\"");
  }
}
