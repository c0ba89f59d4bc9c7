package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands that only tell: check, models, version. */
final class TellingTest {
  private static final String CONFIG =
      """
      listen: 127.0.0.1:0
      admin: 127.0.0.1:0
      models:
        - { name: own, file: own.gguf }
        - name: far
          aliases: [default]
          targets: [{ url: http://gpu-1:8000/v1 }, { url: http://gpu-2:8000/v1 }]
      """;

  @TempDir private Path home;

  private String config() throws IOException {
    return Files.writeString(home.resolve("tayyar.yaml"), CONFIG).toString();
  }

  @Test
  void checkSaysWhatItComesTo() throws IOException {
    assertThat(Said.by(home, "check", "--config", config()).isGood().lines())
        .containsExactly(
            "The configuration is good.",
            "  listen  127.0.0.1:0",
            "  admin   127.0.0.1:0",
            "  store   " + home.resolve(".local/share/tayyar/tayyar.db"),
            "  models  own, far");
    assertThat(Said.by(home, "check").isGood().out()).contains("models  the default one");
    JsonNode json = Said.by(home, "check", "--config", config(), "--json").isGood().json();
    assertThat(json.path("ok").asBoolean()).isTrue();
    assertThat(json.path("models").toString()).isEqualTo("[\"own\",\"far\"]");
    assertThat(home.resolve(".local")).doesNotExist();
  }

  @Test
  void modelsAreATableOrJson() throws IOException {
    Path fetched = home.resolve(".cache/tayyar/models/0a/small.gguf");
    Files.createDirectories(fetched.getParent());
    Files.writeString(fetched, "GGUF");

    assertThat(Said.by(home, "models", "--config", config()).isGood().lines())
        .containsExactly(
            "NAME        STATE    MEMORY  FROM",
            "own         served   -       " + home.resolve("own.gguf"),
            "far         served   -       http://gpu-1:8000/v1, http://gpu-2:8000/v1",
            "small.gguf  fetched  200 MB  " + fetched);
    assertThat(Said.by(home, "models").isGood().lines().get(1))
        .isEqualTo("smollm2-135m  served   -       the default model");
    JsonNode json = Said.by(home, "models", "--config", config(), "--json").isGood().json();
    assertThat(json).hasSize(3);
    assertThat(json.path(1).path("name").asString()).isEqualTo("far");
  }

  @Test
  void versionNamesJavaToo() {
    assertThat(Said.by(home, "version").isGood().out())
        .matches("Tayyar \\S+, Java " + Runtime.version().feature() + "\\S*\n");
    assertThat(Said.by(home, "version", "--json").isGood().json().propertyNames())
        .containsExactlyInAnyOrder("tayyar", "java");
  }

  @Test
  void theEnvironmentIsHeard() {
    Map<String, String> environment =
        Map.of("HOME", home.toString(), "TAYYAR_LISTEN", "127.0.0.1:0");

    assertThat(Said.by(environment, "check").isGood().out()).contains("listen  127.0.0.1:0");
  }
}
