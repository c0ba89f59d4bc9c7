package tayyar.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Languages;
import tayyar.api.StoreAddress;
import tayyar.api.Storing;
import tayyar.api.Target;
import tayyar.testing.TestCertificate;

final class ConfigTest {
  /** The one of the documentation. */
  static final String SAMPLE =
      """
      listen: 127.0.0.1:8080          # the API, the playground and its pages
      admin:  127.0.0.1:8081          # the control plane and /metrics
      store:  sqlite:tayyar.db        # relative = to this file
      models:
        - name: smollm2-135m          # what clients ask for
          file: smollm2-135m-instruct-q4_1.gguf
        - name: qwen3-32b
          aliases: [default]
          targets:
            - { url: "http://gpu-1:8000/v1", model: Qwen/Qwen3-32B, key: "${VLLM_KEY}", weight: 2 }
            - { url: "http://gpu-2:8000/v1", model: Qwen/Qwen3-32B, capacity: 64, probe: /health }
          policy: prefixAffinity
          fallback: [smollm2-135m]
          continue: true
          queue: 50
          deadlines: { connect: 800ms, firstToken: 30s, betweenTokens: 15s, total: 10m }
      """;

  @TempDir private Path folder;
  private Configs configs;

  @BeforeEach
  void noEnvironment() {
    configs = new Configs(folder);
  }

  @Test
  void rowsAreKeptForDays() {
    var keep = configs.read("ledger: { keep: 400d, archive: old }").keep();
    assertThat(Objects.requireNonNull(keep).time()).isEqualTo(Duration.ofDays(400));
    assertThat(keep.archive()).isEqualTo(folder.resolve("old"));
    assertThat(configs.read("ledger: { keep: 63d }").keep()).isNotNull();
    assertThat(configs.none().keep()).isNull();
    assertThat(configs.set("TAYYAR_LEDGER_KEEP", "90d").none().keep()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ keep: 62d }|at least 63d",
        "{ keep: 1y }|write days such as 400d",
        "{ archive: old }|of no use without",
        "{ keep: 100d, folder: x }|known are keep, archive"
      })
  void otherTimesAreRefused(String wrong, String why) {
    assertThatThrownBy(() -> configs.read("ledger: " + wrong))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining(why);
  }

  @Test
  void limitsAreSharedWhereAnAddressIsGiven() {
    assertThat(configs.read("limits: {}").limits()).isNull();
    assertThat(configs.read("limits: { shared: 'redis://r1' }").limits())
        .isEqualTo(new SharedLimits(redis(false, "r1", 6379, 0), false, false, false));
    assertThat(
            configs
                .read("limits: { shared: 'rediss://[::1]:7000/3', whenAway: { tokens: closed } }")
                .limits())
        .isEqualTo(new SharedLimits(redis(true, "::1", 7000, 3), false, true, false));
  }

  @Test
  void anAuthorityIsForARedisOverTls() throws IOException {
    Path ca = TestCertificate.usual().files().certificate();
    String redis = "limits: { shared: 'rediss://r1', ca: '" + ca + "' }";
    SharedLimits limits = Objects.requireNonNull(configs.read(redis).limits());
    assertThat(Objects.requireNonNull(limits.redis()).ca()).isEqualTo(ca);
    assertThatThrownBy(() -> configs.read(redis.replace("rediss", "redis")))
        .hasMessageContaining("'ca' is for a Redis that speaks TLS");
    assertThatThrownBy(() -> configs.read(redis.replace(ca.toString(), "/dev/null")))
        .hasMessageContaining("which holds no certificates");
  }

  private static SharedLimits.Redis redis(boolean tls, String host, int port, int database) {
    return new SharedLimits.Redis(tls, host, port, database, "", null, null);
  }

  @Test
  void aServersStoreCountsLimitsUnlessAnotherWayIsNamed() {
    String store = "store: postgresql://t@db/t\n";
    var atStore = new SharedLimits(null, false, false, false);
    assertThat(configs.read(store).limits()).isEqualTo(atStore);
    assertThat(configs.read(store + "limits: { shared: store }").limits()).isEqualTo(atStore);
    assertThat(configs.read(store + "limits: { whenAway: { atOnce: closed } }").limits())
        .isEqualTo(new SharedLimits(null, false, false, true));
    assertThat(configs.read(store + "limits: { shared: none }").limits()).isNull();
    assertThat(configs.read(store + "limits: { shared: 'redis://r1' }").limits())
        .isEqualTo(new SharedLimits(redis(false, "r1", 6379, 0), false, false, false));
    assertThatThrownBy(
            () ->
                configs
                    .set("REDIS_PASSWORD", "hushhush")
                    .read(store + "limits: { password: '${REDIS_PASSWORD}' }"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("storePassword");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ shared: 'redis://:hushhush@h:1/0' }",
        "{ shared: 'redis://h:1/x' }",
        "{ shared: 'http://h:1' }",
        "{ shared: 'redis://h:70000' }",
        "{ shared: 'redis://h', whenAway: { requests: maybe } }",
        "{ shared: 'redis://h', password: hushhush }",
        "{ shared: 'redis://h', user: tayyar }",
        "{ shared: 'redis://h', whenAway: { spend: open } }",
        "{ shared: store }",
        "{ shared: stores }",
      })
  void limitsThatCannotBeSharedAreRefused(String wrong) {
    assertThatThrownBy(() -> configs.read("limits: " + wrong))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains("line 1")
        .doesNotContain("hushhush");
  }

  @Test
  void responsesAreStoredWhereThatIsSwitchedOn() {
    assertThat(configs.none().storing()).isNull();
    assertThat(configs.read("responses: { keep: 7d }").storing()).isNull();
    assertThat(configs.read("responses: { store: true }").storing()).isEqualTo(Storing.USUAL);
    String all =
        "{ store: true, keep: 12h, bytesMax: 1MiB, organisationMax: 9, organisationBytesMax: 1GiB }";
    assertThat(configs.read("responses: " + all).storing())
        .isEqualTo(new Storing(Duration.ofHours(12), 1 << 20, 9, 1L << 30));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ keep: 0 }|write a time such as 30d or 12h",
        "{ organisationMax: 0 }|it must be 1 to",
        "{ store: perhaps }|write true or false",
        "{ days: 3 }|known are store, keep"
      })
  void otherStoringIsRefused(String wrong, String why) {
    assertThatThrownBy(() -> configs.read("responses: " + wrong))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(why);
  }

  @Test
  void nothingSaidIsTheUsual() {
    Config config = configs.none();

    assertThat(config.listen()).hasToString("127.0.0.1:8080");
    assertThat(config.admin()).hasToString("127.0.0.1:8081");
    assertThat(config.store())
        .isEqualTo(new StoreAddress.File(folder.resolve(".local/share/tayyar/tayyar.db")));
    assertThat(config.models()).isEmpty();
    assertThat(config.bounds()).isEqualTo(Bounds.DEFAULT);
    assertThat(config.engine()).isEqualTo(EngineSettings.DEFAULT);
    assertThat(config.seen()).isEqualTo(new Seen(true, true, ""));
    assertThat(configs.read("# nothing\n")).isEqualTo(config);
    assertThat(configs.read("")).isEqualTo(config);
  }

  @Test
  void readsTheSample() {
    Config config = configs.set("VLLM_KEY", "secret-1").read(SAMPLE);

    assertThat(config.store()).isEqualTo(new StoreAddress.File(folder.resolve("tayyar.db")));
    assertThat(config.models())
        .extracting(ServedModel::name)
        .containsExactly("smollm2-135m", "qwen3-32b");
    assertThat(config.models().getFirst().from())
        .isEqualTo(new ServedModel.From.File(folder.resolve("smollm2-135m-instruct-q4_1.gguf")));
    assertThat(config.models().getLast().aliases()).containsExactly("default");
    List<TargetAt> targets = targets(config, 1);
    assertThat(targets).extracting(TargetAt::weight).containsExactly(2, 1);
    assertThat(targets).extracting(TargetAt::model).containsOnly("Qwen/Qwen3-32B");
    assertThat(Objects.requireNonNull(targets.getFirst().key()).value()).isEqualTo("secret-1");
    assertThat(targets.getLast().key()).isNull();
    assertThat(config.toString()).doesNotContain("secret-1");
  }

  @Test
  void readsHowRequestsAreSpread() {
    Config config = configs.set("VLLM_KEY", "secret-1").read(SAMPLE + "exposeTarget: true\n");

    Routing routing = config.models().getLast().routing();
    assertThat(routing.policy()).isEqualTo(Routing.Policy.PREFIX_AFFINITY);
    assertThat(routing.fallback()).containsExactly("smollm2-135m");
    assertThat(routing.continues()).isTrue();
    assertThat(routing.queue()).isEqualTo(50);
    assertThat(routing.bounds().of(Deadline.FIRST_TOKEN)).hasSeconds(30);
    assertThat(routing.bounds())
        .isEqualTo(
            config
                .bounds()
                .with(Deadline.FIRST_TOKEN, Duration.ofSeconds(30))
                .with(Deadline.BETWEEN_TOKENS, Duration.ofSeconds(15))
                .with(Deadline.TOTAL, Duration.ofMinutes(10))
                .with(Deadline.CONNECT, Duration.ofMillis(800)));
    assertThat(config.models().getFirst().routing().bounds()).isEqualTo(config.bounds());
    assertThat(routing.bounds().of(Deadline.TOTAL)).hasMinutes(10);
    assertThat(targets(config, 1)).extracting(TargetAt::capacity).containsExactly(0, 64);
    assertThat(targets(config, 1)).extracting(TargetAt::probe).containsExactly("", "/health");
    assertThat(config.exposesTarget()).isTrue();
    assertThat(config.models().getFirst().routing()).isEqualTo(Routing.usual(Bounds.DEFAULT));
  }

  @Test
  void readsEveryKindOfValue() {
    Config config =
        configs.read(
            """
            listen: "[::1]:0"
            transport: nio
            loops: 3
            natives: libs
            bounds: { bodyBytesMax: 64KiB, eventBytesMax: 2 MB, streamsMax: 7, wholeBytesMax: 4096 }
            deadlines: { firstToken: 250ms, betweenTokens: 2s, total: 3m, idle: 1h, drain: 0 }
            engine: { slots: 2, context: 512, threads: 1, batch: 64, queue: 0, prefixCache: all, promptCache: 3 GB }
            models:
              - name: own
                file: ~/models/m.gguf
                defaults: { temperature: 0.5, topK: 0, seed: -1, maxTokens: 9 }
            """);

    assertThat(config.listen()).isEqualTo(new Listen("::1", 0)).hasToString("[::1]:0");
    assertThat(config.transport()).isEqualTo(Config.Sockets.NIO);
    assertThat(config.loops()).isEqualTo(3);
    assertThat(config.natives()).isEqualTo(new Config.Natives(folder.resolve("libs"), true));
    Bounds bounds = config.bounds();
    assertThat(bounds.of(Bound.BODY_BYTES)).isEqualTo(65_536);
    assertThat(bounds.of(Bound.EVENT_BYTES)).isEqualTo(2 << 20);
    assertThat(bounds.of(Bound.WHOLE_BYTES)).isEqualTo(4_096);
    assertThat(bounds.of(Bound.STREAMS)).isEqualTo(7);
    assertThat(bounds.of(Deadline.FIRST_TOKEN)).isEqualTo(Duration.ofMillis(250));
    assertThat(bounds.of(Deadline.TOTAL)).isEqualTo(Duration.ofMinutes(3));
    assertThat(bounds.of(Deadline.DRAIN)).isZero();
    assertThat(config.engine())
        .isEqualTo(new EngineSettings(2, 512, 1, 64, 0, Sharing.ALL, 0, 3_000_000_000L));
    ServedModel own = config.models().getFirst();
    assertThat(own.from())
        .isEqualTo(new ServedModel.From.File(folder.resolve("models").resolve("m.gguf")));
    assertThat(Objects.requireNonNull(own.defaults()).seed()).isEqualTo(-1);
  }

  @Test
  void cachedPromptsAreSharedAsIsSaid() {
    assertThat(configs.read("").engine().prefixCache()).isEqualTo(Sharing.KEY);
    Map.of(
            "key", Sharing.KEY,
            "true", Sharing.KEY,
            "all", Sharing.ALL,
            "off", Sharing.OFF,
            "false", Sharing.OFF)
        .forEach(
            (word, sharing) ->
                assertThat(configs.read("engine: { prefixCache: " + word + " }").engine())
                    .extracting(EngineSettings::prefixCache)
                    .isEqualTo(sharing));
  }

  @Test
  void theEnvironmentWinsOverTheFileAndFlagsOverBoth() {
    String yaml = "listen: 127.0.0.1:1001\nengine: { slots: 2 }\nstore: one.db\n";
    configs
        .set("TAYYAR_LISTEN", "127.0.0.1:1002")
        .set("TAYYAR_STORE", "sqlite:two.db")
        .set("TAYYAR_MODEL", "two.gguf")
        .set("TAYYAR_ENGINE_SLOTS", "5")
        .set("TAYYAR_ENGINE_PREFIX_CACHE", "false")
        .set("TAYYAR_DEADLINES_FIRST_TOKEN", "9s");
    Config environment = configs.read(yaml);
    Config flags = configs.read(yaml, "127.0.0.1:1003", "127.0.0.1:0", "three.db", "three.gguf");

    assertThat(environment.listen().port()).isEqualTo(1002);
    assertThat(environment.store()).isEqualTo(new StoreAddress.File(folder.resolve("two.db")));
    assertThat(environment.asked()).containsExactly("two.gguf");
    assertThat(environment.engine().slots()).isEqualTo(5);
    assertThat(environment.engine().prefixCache()).isEqualTo(Sharing.OFF);
    assertThat(environment.bounds().of(Deadline.FIRST_TOKEN)).isEqualTo(Duration.ofSeconds(9));
    assertThat(flags.listen().port()).isEqualTo(1003);
    assertThat(flags.store())
        .isEqualTo(new StoreAddress.File(Path.of("").toAbsolutePath().resolve("three.db")));
    assertThat(flags.asked()).containsExactly("three.gguf");
    assertThat(flags.engine().slots()).isEqualTo(5);
  }

  @Test
  void theEnvironmentNamesTheFile() throws IOException {
    Files.writeString(configs.file(), "listen: 127.0.0.1:1001");

    assertThat(configs.set("TAYYAR_CONFIG", configs.file().toString()).none().listen().port())
        .isEqualTo(1001);
  }

  @Test
  void takesASecretFromAFile() throws IOException {
    Files.writeString(folder.resolve("key"), "secret-2\n");
    Config config = configs.read(target("key: file:key"));

    assertThat(Objects.requireNonNull(targets(config, 0).getFirst().key()).value())
        .isEqualTo("secret-2");
    assertThat(config.toString()).doesNotContain("secret-2");
  }

  @Test
  void aSecretThatCannotBeHadIsNamedWithoutItsValue() throws IOException {
    Files.write(folder.resolve("latin"), "geh\u00e4im".getBytes(ISO_8859_1));
    Files.writeString(folder.resolve("empty"), "\n");
    Files.writeString(folder.resolve("odd"), "two words");
    assertSays(
        target("key: sk-in-the-file"),
        "line 3: 'key' must be \"${NAME}\" of an environment variable, or file:PATH, so that no"
            + " secret stands in the file.");
    assertSays(
        target("key: \"${NOT_SET}\""),
        "line 3: 'key' names the variable NOT_SET, which is not set; set it, or leave 'key' out.");
    String unread = "', which cannot be read; write one that holds the key alone.";
    assertSays(
        target("key: file:none"),
        "line 3: 'key' names the file '" + folder.resolve("none") + unread);
    assertSays(
        target("key: file:latin"),
        "line 3: 'key' names the file '" + folder.resolve("latin") + unread);
    assertSays(
        target("key: file:empty"), "line 3: the key is empty; leave it out where none is needed.");
    assertSays(
        target("key: file:odd"),
        "line 3: the key has characters that no HTTP header can carry; write visible ASCII ones"
            + " alone.");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    Path none = folder.resolve("none.yaml");
    assertThatThrownBy(() -> configs.flags(none.toString(), "", "", "", ""))
        .isInstanceOf(ConfigException.class)
        .hasMessage("There is no configuration file '" + none + "'.");
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "# \u00e4".getBytes(ISO_8859_1));
    assertThatThrownBy(() -> configs.flags(latin.toString(), "", "", "", ""))
        .hasMessage("The configuration file '" + latin + "' is no UTF-8 text.");
    Path big = folder.resolve("big.yaml");
    Files.write(big, new byte[2 << 20]);
    assertThatThrownBy(() -> configs.flags(big.toString(), "", "", "", ""))
        .hasMessage("The configuration file '" + big + "' is larger than 1 MiB.");
    assertThatThrownBy(() -> configs.flags(folder.toString(), "", "", "", ""))
        .hasMessageStartingWith("The configuration file '" + folder + "' cannot be read");
  }

  @Test
  void needsAHome() {
    assertThatThrownBy(() -> configs.set("HOME", "").none())
        .hasMessage("HOME is not set; set it, or XDG_DATA_HOME.");
    assertThat(configs.set("XDG_DATA_HOME", "/data").none().store())
        .isEqualTo(new StoreAddress.File(Path.of("/data/tayyar/tayyar.db")));
  }

  private void assertSays(String yaml, String sentence) {
    assertThatThrownBy(() -> configs.read(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessage(configs.file() + ", " + sentence);
  }

  private static String target(String more) {
    return "models:\n  - name: m\n    targets: [{ url: http://h/v1, " + more + " }]\n";
  }

  private static List<TargetAt> targets(Config config, int model) {
    return config.models().get(model).from() instanceof ServedModel.From.Targets targets
        ? targets.all()
        : List.of();
  }

  @Test
  void languagesAreCodesOrAny() {
    String two =
        "models: [{ name: m, file: m.gguf, languages: %s }, { name: t, languages: %s, targets: [{ url: http://h }] }]";
    List<ServedModel> models = configs.read(two.formatted("[ar, en]", "fr")).models();
    assertThat(models.get(0).languages()).isEqualTo(Languages.of("ar", "en"));
    assertThat(models.get(1).languages()).isEqualTo(Languages.of("fr"));
    assertThat(configs.read(two.formatted("any", "[any]")).models())
        .allMatch(model -> model.languages().any());
    assertThat(configs.read("models: [{ name: m, file: m.gguf }]").models())
        .allMatch(model -> model.languages().any());
  }

  /** For what is served without a place of its own in the file. */
  @Test
  void languagesOfTheDefaultModelAreSaidAtTheTop() {
    assertThat(configs.none().languages()).isNull();
    assertThat(configs.read("languages: any").languages()).isEqualTo(Languages.ANY);
    assertThat(configs.read("languages: [en, fr]").languages()).isEqualTo(Languages.of("en", "fr"));
    assertThat(configs.set("TAYYAR_LANGUAGES", "ar, en").read("languages: any").languages())
        .isEqualTo(Languages.of("ar", "en"));
  }

  @Test
  void anEmbeddingModelIsSaidToBeOne(@TempDir Path folder) {
    String model = "models: [{ name: m, modality: %s, %s }]";
    String targets = "targets: [{ url: \"http://gpu-1/v1\" }]";
    var configs = new Configs(folder);

    assertThat(configs.read(model.formatted("embed", targets)).models().getFirst().embeds())
        .isTrue();
    assertThat(configs.read(model.formatted("chat", targets)).models().getFirst().embeds())
        .isFalse();
    assertThatThrownBy(() -> configs.read(model.formatted("smell", targets)))
        .hasMessageContaining("it must be chat or embed");
    assertThatThrownBy(() -> configs.read(model.formatted("embed", "file: m.gguf")))
        .hasMessageContaining("a file says itself what it is");
  }

  /** Anthropic's own host needs no word, nor does Google's, where the path is not OpenAI's. */
  @Test
  void aTargetHasADialect() {
    assertThat(dialect("url: https://api.anthropic.com/v1"))
        .isEqualTo("x-api-key " + Target.Dialect.ANTHROPIC);
    assertThat(dialect("url: http://gpu-1/v1, dialect: anthropic, header: key"))
        .isEqualTo("key " + Target.Dialect.ANTHROPIC);
    assertThat(dialect("url: https://api.anthropic.com/v1, dialect: openai"))
        .isEqualTo(" " + Target.Dialect.OPENAI);
    assertThat(dialect("url: http://gpu-1/v1")).isEqualTo(" " + Target.Dialect.OPENAI);
    assertThatThrownBy(() -> dialect("url: http://gpu-1/v1, dialect: french"))
        .hasMessageContaining("write openai, anthropic, gemini or responses");
    String google = "url: https://generativelanguage.googleapis.com";
    assertThat(dialect(google + "/v1beta")).isEqualTo("x-goog-api-key " + Target.Dialect.GEMINI);
    assertThat(dialect(google + "/v1/")).isEqualTo("x-goog-api-key " + Target.Dialect.GEMINI);
    assertThat(dialect(google + "/v1beta/openai")).isEqualTo(" " + Target.Dialect.OPENAI);
    assertThat(dialect(google + "/v1beta, dialect: openai")).isEqualTo(" " + Target.Dialect.OPENAI);
    assertThat(dialect("url: http://gpu-1/v1beta, dialect: gemini"))
        .isEqualTo("x-goog-api-key " + Target.Dialect.GEMINI);
    for (String spoken : List.of("anthropic", "gemini", "responses")) {
      assertThatThrownBy(
              () -> dialect("url: http://gpu-1/v1, prefixCache: key, dialect: " + spoken))
          .hasMessageContaining("'prefixCache' is 'key'");
    }
  }

  private String dialect(String target) {
    var from =
        (ServedModel.From.Targets)
            configs
                .read("models: [{ name: m, targets: [{ " + target + " }] }]")
                .models()
                .getFirst()
                .from();
    Target.Access access = from.all().getFirst().access();
    return access.keyHeader() + " " + access.dialect();
  }

  @Test
  void aTargetIsReachedAsIsSaid() {
    String model =
        "models: [{ name: m, targets: [{ url: \"https://a.openai.azure.com/openai\", %s }] }]";
    String azure = "header: api-key, query: api-version=2024-10-21, proxy: \"http://proxy:3128\"";
    var targets =
        (ServedModel.From.Targets) configs.read(model.formatted(azure)).models().getFirst().from();

    assertThat(targets.all().getFirst().access())
        .isEqualTo(
            new Target.Access(
                "api-key",
                "api-version=2024-10-21",
                null,
                new Target.Address.Tcp("proxy", 3128, false)));
    var salted =
        (ServedModel.From.Targets)
            configs.read(model.formatted("prefixCache: key")).models().getFirst().from();
    assertThat(salted.all().getFirst().access().salted()).isTrue();
    assertThat(targets.all().getFirst().access().salted()).isFalse();
    var open =
        (ServedModel.From.Targets)
            configs.read(model.formatted("accountFiles: true")).models().getFirst().from();
    assertThat(open.all().getFirst().access().accountFiles()).isTrue();
    assertThat(targets.all().getFirst().access().accountFiles()).isFalse();
    assertThatThrownBy(() -> configs.read(model.formatted("prefixCache: off")))
        .hasMessageContaining("write key or all");
    assertThatThrownBy(() -> configs.read(model.formatted("header: Host")))
        .hasMessageContaining("write a field such as api-key");
    assertThatThrownBy(() -> configs.read(model.formatted("query: \"a#b\"")))
        .hasMessageContaining("write one such as api-version");
    assertThatThrownBy(() -> configs.read(model.formatted("ca: none.pem")))
        .hasMessageContaining("holds no certificates");
    assertThatThrownBy(() -> configs.read(model.formatted("proxy: \"https://proxy:1\"")))
        .hasMessageContaining("such as http://proxy:3128");
    assertThatThrownBy(() -> configs.read(model.formatted("proxy: \"http://169.254.1.1:1\"")))
        .hasMessageContaining("link-local");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:1", "127.7.7.7:1", "localhost:1", "\"[::1]:1\""})
  void theControlPlaneIsOnLoopbackWithoutAWord(String admin) {
    assertThat(configs.read("admin: " + admin).admin().port()).isEqualTo(1);
  }

  @Test
  void theControlPlaneIsElsewhereByAWord() {
    assertThat(configs.read("admin: 0.0.0.0:1\nexposeAdmin: true").admin().host())
        .isEqualTo("0.0.0.0");
  }
}
