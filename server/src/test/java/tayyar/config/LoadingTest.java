package tayyar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.config.ServedModel.From;

/** When embedded models are loaded, how long they stay, and what they may take. */
final class LoadingTest {
  @TempDir private Path folder;
  private Configs configs;

  @BeforeEach
  void noEnvironment() {
    configs = new Configs(folder);
  }

  private From only(String model) {
    return configs.read("models: [{ name: m, " + model + " }]").models().getFirst().from();
  }

  @Test
  void atTheStartAndForEverWhereNothingIsSaid() {
    Path file = folder.resolve("a.gguf");
    assertThat(only("file: a.gguf")).isEqualTo(new From.File(file, "", true, Duration.ZERO));
    assertThat(only("file: a.gguf, load: start, idle: 0")).isEqualTo(new From.File(file));
  }

  @Test
  void atFirstUseAndForATime() {
    assertThat(only("file: a.gguf, load: firstUse, idle: 10m, region: eg"))
        .isEqualTo(new From.File(folder.resolve("a.gguf"), "eg", false, Duration.ofMinutes(10)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "file: a, load: later | is 'later'; write start or firstUse",
        "file: a, idle: soon | is 'soon'; write a time such as 500ms, 30s, 5m or 1h",
        "targets: [{ url: http://h/ }], load: start | has 'load' or 'idle' beside 'targets'",
        "targets: [{ url: http://h/ }], idle: 1m | only a file takes them",
      })
  void anythingElseIsRefused(String model, String sentence) {
    assertThatThrownBy(() -> only(model))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "8GB, 8000000000",
    "1.5 GB, 1500000000",
    "2GiB, 2147483648",
    "700mb, 700000000",
    "3MiB, 3145728"
  })
  void theMemoryOfAllModels(String text, long bytes) {
    assertThat(configs.read("engine: { memory: " + text + " }").engine().memoryBytes())
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"8", "many", "-1GB", "8TB"})
  void noSuchMemory(String text) {
    assertThatThrownBy(() -> configs.read("engine: { memory: " + text + " }"))
        .hasMessageContaining("'memory' is '" + text + "'; write a size such as 0, 512MiB or 4GB");
  }

  @Test
  void severalAreAskedForByFlags() {
    var flags = new ConfigReader.Flags("", "", "", "", List.of("a.gguf", "qwen3-4b"));
    Config config =
        ConfigReader.read(flags, Map.of("TAYYAR_MODEL", "other", "HOME", folder.toString()));
    assertThat(config.asked()).containsExactly("a.gguf", "qwen3-4b");
  }
}
