package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.testing.Events;
import tayyar.testing.Program;
import tayyar.testing.TestEngine;
import tools.jackson.databind.JsonNode;

/** The SDKs and curl, answered by the model itself. */
@Tag("clients")
@Tag("engine")
@Timeout(120)
final class ModelTest {
  private static final String POEM = "Write one sentence about the sea.";

  @RegisterExtension static final TestEngine ENGINE = TestEngine.usual();

  private static void assertAnswers(Program sdk) throws IOException {
    try (sdk) {
      for (boolean stream : new boolean[] {true, false}) {
        // With a seed: by chance, so small a model ends after a word now and then.
        JsonNode said =
            sdk.ask(
                Sdk.asked(ENGINE.baseUrl(), ENGINE.key(), TestEngine.MODEL, POEM, stream)
                    .put("seed", 42));

        assertThat(said.path("text").asString()).containsPattern("[a-z]+ [a-z]+ [a-z]+");
        assertThat(said.path("finish").asString()).isIn("stop", "length");
        assertThat(said.path("completionTokens").asInt()).isPositive();
        if (stream) {
          assertThat(said.path("pieces").asInt()).isGreaterThan(3);
        }
      }
    }
  }

  @Test
  void pythonSync() throws IOException {
    assertAnswers(Programs.python("sync"));
  }

  @Test
  void pythonAsync() throws IOException {
    assertAnswers(Programs.python("async"));
  }

  @Test
  void node() throws IOException {
    assertAnswers(Programs.node());
  }

  @Test
  void curl() throws Exception {
    Process curl =
        new ProcessBuilder(
                List.of(
                    "curl",
                    "-sSN",
                    ENGINE.baseUrl() + "/chat/completions",
                    "-H",
                    "Authorization: Bearer " + ENGINE.key(),
                    "-H",
                    "Content-Type: application/json",
                    "-d",
                    TestEngine.question(POEM, 20).toString()))
            .start();
    try (Stream<String> lines = curl.inputReader(UTF_8).lines()) {
      Events events = Events.of(String.join("\n", lines.toList()) + "\n");

      assertThat(events.content()).containsPattern("[a-z]+ [a-z]+ [a-z]+");
      assertThat(events.usage().path("completion_tokens").asInt()).isPositive();
      assertThat(events.done()).isTrue();
      assertThat(curl.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(curl.exitValue()).isZero();
    } finally {
      curl.destroyForcibly();
    }
  }
}
