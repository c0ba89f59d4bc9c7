package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake ends with one sentence and a status that is not 0. */
final class ErrorsTest {
  @TempDir private Path home;
  private Path yaml;

  @BeforeEach
  void nameFile() {
    yaml = home.resolve("tayyar.yaml");
  }

  private String write(String text) throws IOException {
    Files.writeString(yaml, text);
    return yaml.toString();
  }

  @Test
  void misuse() {
    Said.by(home, "dance")
        .isRefused(2, "Unmatched argument at index 0: 'dance'. See tayyar --help.");
    Said.by(home, "serve", "--port", "1")
        .isRefused(2, "Unknown options: '--port', '1'. See tayyar serve --help.");
    Said.by(home, "keys", "create", "--rpm", "many")
        .isRefused(
            2,
            "Invalid value for option '--rpm': 'many' is not an int. See tayyar keys create"
                + " --help.");
    Said.by(home, "keys", "revoke")
        .isRefused(2, "Missing required parameter: 'KEY'. See tayyar keys revoke --help.");
    Said.by(home, "worker", "--model", "m.gguf", "--name", "m")
        .isRefused(2, "Missing required option: '--natives=DIR'. See tayyar worker --help.");
    Said.by(home, "chat", "--max-tokens", "-1", "hi")
        .isRefused(1, "--max-tokens is -1; it must be at least 1.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "chat",
        "check",
        "models",
        "keys list",
        "keys create",
        "orgs list",
        "reconcile"
      })
  void aConfigurationThatIsNotThereOrNotGood(String command) throws IOException {
    String[] words = (command + " --config " + yaml).split(" ", -1);
    Said.by(home, words).isRefused(1, "There is no configuration file '" + yaml + "'.");
    write("store: redis:here");
    Said.by(home, words)
        .isRefused(
            1,
            yaml
                + ", line 1: 'store' is 'redis:here'; write a file such as sqlite:tayyar.db, or postgresql://USER@HOST/DATABASE.");
    write("listen: [");
    Said.by(home, words).isRefused(1, yaml + ", line 1: this is no YAML.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "chat"})
  void aModelThatIsNotThere(String command) throws IOException {
    Said.by(home, command, "--model", "missing.gguf")
        .isRefused(
            1,
            "There is no model file 'missing.gguf'. A model is a GGUF file, an http(s) address, a"
                + " hub name (owner/repository) or a name that 'tayyar models --catalogue' lists.");
    String config = write("models: [{ name: own, file: missing.gguf }]");
    Said.by(home, command, "--config", config)
        .isRefused(
            1,
            "The model 'own' has no file '"
                + home.resolve("missing.gguf")
                + "'; put it there, or take another by --model.");
  }

  @Test
  void nativesThatAreNotThere() throws IOException {
    Files.writeString(home.resolve("m.gguf"), "GGUF");
    String config = write("natives: libs\nmodels: [{ name: own, file: m.gguf }]");

    Said.by(home, "serve", "--config", config)
        .isRefused(
            1,
            "There is no folder '"
                + home.resolve("libs")
                + "' with llama.cpp's libraries (natives).");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "chat", "pull"})
  void neitherNpmNorPip(String command) {
    Said said = Said.by(home, command);

    assertThat(said.status()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
    assertThat(said.err())
        .matches("(npm|pip) is missing: install [^.]*(\\.js)?[^.]*\\. To go on without it, .*\n")
        .contains("TAYYAR_NATIVES", "--model", "remote targets");
  }

  @Test
  void aStoreThatCannotBe() {
    Path under = home.resolve("tayyar.yaml").resolve("t.db");
    Said.by(Map.of(), "keys", "list").isRefused(1, "HOME is not set; set it, or XDG_DATA_HOME.");
    Said.by(home, "keys", "list", "--store", home.toString())
        .isRefused(1, "The database '" + home + "' cannot be opened: it is no file.");
    assertThat(Said.by(home, "keys", "list", "--store", "mysql://h/d").err())
        .isEqualTo(
            "'--store' is 'mysql://h/d'; write a file such as sqlite:tayyar.db, or postgresql://USER@HOST/DATABASE.\n");
    assertThat(under).doesNotExist();
  }

  @Test
  void aStoreThatIsNoDatabase() throws IOException {
    Path file = home.resolve("t.db");
    Files.writeString(file, "this is no database, and longer than a header would be. ".repeat(9));
    Said said = Said.by(home, "keys", "list", "--store", file.toString());

    assertThat(said.status()).isEqualTo(1);
    assertThat(said.err())
        .startsWith("The database '" + file + "' cannot be opened: ")
        .hasLineCount(1)
        .doesNotContain("unexpectedly");
  }

  @Test
  void aSimulatorThatCannotRun() {
    Said.by(home, "simulate", "--listen", "9000")
        .isRefused(1, "--listen: '9000' is no address; write one such as 127.0.0.1:8080.");
    Said.by(home, "simulate", "--threads", "0")
        .isRefused(1, "--threads is 0; it must be 1 to 256.");
    Said.by(home, "simulate", "--script", "dance=7")
        .isRefused(1, "--script: 'dance' is no word of a script.");
  }

  @Test
  void aPullOfWhatIsNone() {
    Said.by(home, "pull", "--model-only", "no model")
        .isRefused(
            1,
            "There is no model file 'no model'. A model is a GGUF file, an http(s) address, a hub"
                + " name (owner/repository) or a name that 'tayyar models --catalogue' lists.");
  }

  @Test
  void aWorkerWithOddDefaults() {
    for (String odd :
        new String[] {"{", "[]", "{\"temperature\": \"hot\"}", "{\"heat\": 1}", "7", "null"}) {
      Said.by(home, "worker", "--natives", "n", "--model", "m", "--name", "m", "--defaults", odd)
          .isRefused(1, "--defaults is no JSON object of numbers by the names of the API.");
    }
    Said.by(home, "worker", "--natives", "n", "--model", "m", "--name", "m", "--slots", "0")
        .isRefused(1, "'slots' is 0; it must be 1 to 256.");
  }
}
