package tayyar.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a changed configuration a running server does not take in. */
final class KeptTest {
  private static final String TARGETS =
      "models:\n  - { name: t, targets: [{ url: http://h/ }] }\n  - { name: f, file: a.gguf }\n";

  @TempDir private Path folder;
  private Configs configs;

  @BeforeEach
  void noEnvironment() {
    configs = new Configs(folder);
  }

  private List<String> changed(String before, String after) {
    return configs.read(before).keptUntilRestart(configs.read(after));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listen: h:1 | listen",
        "admin: 127.0.0.1:1 | admin",
        "store: x.db | store",
        "exposeTarget: true | exposeTarget",
        "natives: /n | natives",
        "transport: nio | transport",
        "loops: 77 | loops",
        "trustedProxies: [10.0.0.0/8] | trustedProxies",
        "telemetry: { metrics: false } | telemetry.metrics",
        "ledger: { keep: 400d } | ledger.keep",
        "telemetry: { accessLog: false } | telemetry.accessLog",
        "telemetry: { otlp: http://h } | telemetry.otlp",
        "engine: { slots: 3 } | engine.slots",
        "engine: { context: 999 } | engine.context",
        "engine: { threads: 77 } | engine.threads",
        "engine: { batch: 99 } | engine.batch",
        "engine: { queue: 9 } | engine.queue",
        "engine: { prefixCache: off } | engine.prefixCache",
        "engine: { promptCache: 0 } | engine.promptCache",
        "bounds: { bodyBytesMax: 1MiB } | bounds.bodyBytesMax",
        "deadlines: { idle: 9s } | deadlines.idle",
        "deadlines: { preStop: 5s } | deadlines.preStop",
      })
  void eachSettingIsNamed(String line, String setting) {
    String models = "models: [{ name: t, targets: [{ url: http://h/ }] }]\n";
    assertThat(changed(models, models + line)).containsExactly(setting);
    assertThat(changed(models + line, models + line)).isEmpty();
  }

  @Test
  void remoteModelsAndTheDeadlinesOfTheirAnswersAreTakenIn() {
    String other = "models:\n  - { name: u, targets: [{ url: http://g/ }] }\n";
    String before = "models:\n  - { name: t, targets: [{ url: http://h/ }] }\n";
    assertThat(changed(before, other)).isEmpty();
    assertThat(changed(before, before + "deadlines: { total: 3m, connect: 1s }")).isEmpty();
  }

  @Test
  void modelsOfTheEngineAreKept() {
    assertThat(changed(TARGETS, TARGETS.replace("a.gguf", "b.gguf"))).containsExactly("models: f");
    assertThat(changed(TARGETS, TARGETS.replace("name: f", "name: g")))
        .containsExactly("models: f", "models: g");
    assertThat(changed(TARGETS, TARGETS.replace("file: a.gguf", "languages: en, file: a.gguf")))
        .containsExactly("models: f");
    assertThat(changed(TARGETS, TARGETS + "deadlines: { total: 3m }")).containsExactly("models: f");
  }

  @Test
  void theDefaultModelIsOneOfThem() {
    String remote = "models: [{ name: t, targets: [{ url: http://h/ }] }]";
    assertThat(changed("", "")).isEmpty();
    assertThat(changed("", remote)).containsExactly("models");
    assertThat(changed(remote, "")).containsExactly("models");
    assertThat(changed("", "deadlines: { total: 3m }")).containsExactly("deadlines.total");
    assertThat(changed("", "languages: any")).containsExactly("languages");
    assertThat(changed(remote, remote + "\nlanguages: any")).isEmpty();
  }

  @Test
  void aModelThatIsAskedForStandsInPlaceOfTheFiles() {
    Config before = configs.read(TARGETS, "", "", "", "a.gguf");
    Config after = configs.read(TARGETS.replace("a.gguf", "b.gguf"), "", "", "", "a.gguf");
    assertThat(before.keptUntilRestart(after)).isEmpty();
    assertThat(before.keptUntilRestart(configs.read(TARGETS)))
        .containsExactly("models", "models: f");
  }
}
