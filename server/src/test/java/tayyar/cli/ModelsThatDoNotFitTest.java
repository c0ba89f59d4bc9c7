package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.TinyModel;

/** Embedded models that need more memory than there is are refused, with the numbers. */
@Tag("socket")
@Timeout(60)
final class ModelsThatDoNotFitTest {
  private static final String REMOTE = "{ name: far, targets: [{ url: \"http://h/v1\" }] }";
  private static final String A = "{ name: a, file: a.gguf }";
  private static final String B = "{ name: b, file: b.gguf }";
  private static final String ALONE =
      "The model 'a' needs about 211 MB of memory (file 0 MB, cache 1 MB, buffers 210 MB), but"
          + " there are 150 MB for models; take a smaller model, fewer 'engine.slots' or a smaller"
          + " 'engine.context', or say more by 'engine.memory'.";

  @TempDir private Path home;

  @BeforeEach
  void models() throws IOException {
    TinyModel.write(home.resolve("a.gguf"), "{{ 1 }}", true, List.of());
    TinyModel.write(home.resolve("b.gguf"), "{{ 1 }}", true, List.of());
    Files.createDirectory(home.resolve("natives"));
  }

  private static String configuration(String memory, String... models) {
    return "natives: natives\nlisten: 127.0.0.1:0\nadmin: 127.0.0.1:0\nengine: { memory: %s }\nmodels: [%s]\n"
        .formatted(memory, String.join(", ", models));
  }

  /** What a command says that fails. */
  private String refused(String command, String configuration) throws IOException {
    Path file = Files.writeString(home.resolve("tayyar.yaml"), configuration);
    try (Run run = Run.of(home, command, "--config", file.toString())) {
      assertThat(run.status()).isEqualTo(1);
      return run.err();
    }
  }

  @Test
  void aStartIsRefused() throws IOException {
    assertThat(refused("serve", configuration("150MB", REMOTE, A)))
        .contains("The server cannot start: " + ALONE);
  }

  @Test
  void theCheckSaysSo() throws IOException {
    assertThat(refused("check", configuration("150MB", REMOTE, A))).contains(ALONE);
  }

  @Test
  void twoAtTheStartMustFitTogether() throws IOException {
    assertThat(refused("check", configuration("300MB", A, B)))
        .contains(
            "The models 'a', 'b' are loaded at the start and need about 422 MB of memory together,"
                + " but there are 300 MB for models; write 'load: firstUse' where one may wait");
    String later = B.replace("}", ", load: firstUse }");
    assertThat(refused("check", configuration("300MB", A, later))).doesNotContain("together");
  }

  @Test
  void aReloadChangesNothing() throws IOException {
    Run.newKey(home);
    try (Run serve = Run.serve(home, List.of(), configuration("150MB", REMOTE))) {
      assertThat(serve.address()).isNotNull();
      Files.writeString(home.resolve("tayyar.yaml"), configuration("150MB", REMOTE, A));
      serve.signal("HUP");
      await().atMost(Duration.ofSeconds(20)).until(() -> serve.err().contains("not reloaded"));
      assertThat(serve.err()).contains("needs about 211 MB of memory", "there are 150 MB");
    }
  }

  @Test
  void whatEachTakesIsShown() throws IOException {
    String models = configuration("1GB", A, B.replace("}", ", load: firstUse }"));
    Path file = Files.writeString(home.resolve("tayyar.yaml"), models);
    assertThat(Said.by(home, "models", "--config", file.toString()).lines())
        .contains(
            "a     served                211 MB  " + home.resolve("a.gguf"),
            "b     served, at first use  211 MB  " + home.resolve("b.gguf"));
  }
}
