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
        "tls: { certificate: c, key: k } | tls",
        "http2: false | http2",
        "store: x.db | store",
        "exposeTarget: true | exposeTarget",
        "natives: /n | natives",
        "transport: nio | transport",
        "loops: 77 | loops",
        "trustedProxies: [10.0.0.0/8] | trustedProxies",
        "telemetry: { metrics: false } | telemetry.metrics",
        "ledger: { keep: 400d } | ledger.keep",
        "responses: { store: true } | responses.store",
        "limits: { shared: 'redis://h/1' } | limits.shared",
        "store: postgresql://t@db/t | store limits.shared",
        "telemetry: { accessLog: false } | telemetry.accessLog",
        "telemetry: { otlp: http://h } | telemetry.otlp",
        "engine: { slots: 3 } | engine.slots",
        "engine: { context: 999 } | engine.context",
        "engine: { threads: 77 } | engine.threads",
        "engine: { batch: 99 } | engine.batch",
        "engine: { queue: 9 } | engine.queue",
        "engine: { prefixCache: off } | engine.prefixCache",
        "engine: { memory: 8GB } | engine.memory",
        "engine: { promptCache: 0 } | engine.promptCache",
        "bounds: { bodyBytesMax: 1MiB } | bounds.bodyBytesMax",
        "deadlines: { idle: 9s } | deadlines.idle",
        "deadlines: { preStop: 5s } | deadlines.preStop",
      })
  void eachSettingIsNamed(String line, String setting) {
    String models = "models: [{ name: t, targets: [{ url: http://h/ }] }]\n";
    assertThat(changed(models, models + line)).containsExactly(setting.split(" "));
    assertThat(changed(models + line, models + line)).isEmpty();
  }

  @Test
  void modelsAndTheDeadlinesOfTheirAnswersAreTakenIn() {
    String other = "models:\n  - { name: u, targets: [{ url: http://g/ }] }\n";
    String before = "models:\n  - { name: t, targets: [{ url: http://h/ }] }\n";
    assertThat(changed(before, other)).isEmpty();
    assertThat(changed(before, before + "deadlines: { total: 3m, connect: 1s }")).isEmpty();
  }

  @Test
  void certificatesAreTakenInButNotTheRestOfTls() {
    String tls = TARGETS + "tls: { certificate: %s, key: k%s }";
    assertThat(changed(tls.formatted("a", ""), tls.formatted("b", ""))).isEmpty();
    assertThat(changed(tls.formatted("a", ""), tls.formatted("a", ", redirect: h:80")))
        .containsExactly("tls.redirect");
    assertThat(changed(tls.formatted("a", ""), tls.formatted("a", ", admin: true")))
        .containsExactly("tls.admin");
  }

  @Test
  void modelsOfTheEngineAreTakenInToo() {
    assertThat(changed(TARGETS, TARGETS.replace("a.gguf", "b.gguf"))).isEmpty();
    assertThat(changed(TARGETS, TARGETS.replace("name: f", "name: g"))).isEmpty();
    assertThat(changed(TARGETS, TARGETS + "deadlines: { total: 3m }")).isEmpty();
    assertThat(changed(TARGETS, TARGETS + "languages: any")).isEmpty();
  }

  /** A model of the engine that is added brings the libraries with it. */
  @Test
  void librariesThatAreFetchedAreNoSetting() {
    Config before = configs.read(TARGETS);
    Config with = before.with(before.models(), new Config.Natives(folder, false));
    Config own = before.with(before.models(), new Config.Natives(folder, true));
    assertThat(before.keptUntilRestart(with)).isEmpty();
    assertThat(before.keptUntilRestart(own)).containsExactly("natives");
  }
}
