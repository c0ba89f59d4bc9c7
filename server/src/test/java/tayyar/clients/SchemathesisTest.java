package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
 * Requests made up from {@code /openapi.json}, right ones and wrong ones: nothing fails with a 5xx,
 * and each answer has a status, a type and a body that the document has.
 *
 * @see <a href="https://schemathesis.readthedocs.io">Schemathesis</a>
 */
@Tag("clients")
@Timeout(300)
final class SchemathesisTest {
  private static final String CHECKS =
      "not_a_server_error,status_code_conformance,content_type_conformance,"
          + "response_headers_conformance,response_schema_conformance,allow_header_conformance,"
          + "unsupported_method";

  /** A method that no path knows is 501, which is right and which the first check takes amiss. */
  private static final String CONFIG =
      """
      [phases.coverage]
      unexpected-methods = ["get", "put", "post", "delete", "options", "patch", "trace"]
      """;

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  @TempDir Path folder;

  @Test
  void nothingIsUndocumented() throws Exception {
    Path program = Given.PYTHON.path().resolveSibling("schemathesis");
    if (!Files.exists(program)) {
      throw Given.missing("schemathesis, which needs Python 3.11");
    }
    String base = "http://127.0.0.1:" + GATEWAY.address().getPort();
    Path config = Files.writeString(folder.resolve("schemathesis.toml"), CONFIG);
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command(program, config, base))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(out, UTF_8);
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).containsPattern("[0-9]{3,} generated");
  }

  private static List<String> command(Path program, Path config, String base) {
    return List.of(
        program.toString(),
        "--config-file",
        config.toString(),
        "run",
        base + "/openapi.json",
        "--url",
        base,
        "--header",
        "Authorization: Bearer " + GATEWAY.key(),
        "--checks",
        CHECKS,
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        "20",
        "--seed",
        "1",
        "--request-timeout",
        "20",
        "--suppress-health-check",
        "all",
        "--continue-on-failure",
        "--warnings",
        "off",
        "--no-color");
  }
}
