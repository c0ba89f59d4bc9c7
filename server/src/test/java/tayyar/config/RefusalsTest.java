package tayyar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused, and the sentence: it names the place, the value and what would be right. */
final class RefusalsTest {
  @TempDir private Path folder;
  private Configs configs;

  @BeforeEach
  void noEnvironment() {
    configs = new Configs(folder);
  }

  private static final List<Arguments> REFUSED =
      List.of(
          says("listen: 8080", "line 1: '8080' is no address; write one such as 127.0.0.1:8080."),
          says(
              "\nlisten: h:99999",
              "line 2: 'h:99999' is no address; write one such as 127.0.0.1:8080."),
          says(
              "listen: ::1:80",
              "line 1: '::1:80' is no address; write one such as 127.0.0.1:8080."),
          says(
              "telemetry:\n  otlp: collector:4317",
              "line 2: 'otlp' is 'collector:4317'; write an address such as"
                  + " http://127.0.0.1:4318."),
          says("telemetry: { tracing: true }", "line 1: the key 'tracing' is unknown here"),
          says(
              "tls: { certificate: a.pem }",
              "line 1: 'certificate' needs its 'key' beside it, such as privkey.pem."),
          says(
              "tls:\n  key: a.pem",
              "line 2: 'key' needs its 'certificate' beside it, such as fullchain.pem."),
          says(
              "tls: { certificate: a, key: b, certificates: [{ certificate: c, key: d }] }",
              "line 1: write 'certificate' and 'key', or a list of them as 'certificates', not"
                  + " both."),
          says("tls: { redirect: h:80 }", "line 1: TLS needs a 'certificate' and its 'key'"),
          says("tls: { certificates: [{ key: d }] }", "line 1: 'key' needs its 'certificate'"),
          says(
              "listen: h:80\ntls: { certificate: a, key: b, redirect: h:80 }",
              "line 2: 'redirect' is the address of the API itself; write another port."),
          says("listen: [a, b]", "line 1: 'listen' must be a single value."),
          says(
              "admin: 127.0.0.1:8080",
              "line 1: 'listen' and 'admin' are both 127.0.0.1:8080; they must differ."),
          says(
              "store: postgresql://u:p@h/db",
              "line 1: 'store' is 'postgresql://...@h/db' with a password; write that as storePassword:"),
          says("store: \"a\\0b\"", "line 1: 'store' is no path; write one such as tayyar.db."),
          says(
              "languages: arabic",
              "line 1: 'languages' has 'arabic'; write codes such as ar or en, or any."),
          says(
              "models:\n  - name: m\n    file: m.gguf\n    languages: [en, ar_EG]",
              "line 4: 'languages' has 'ar_EG'; write codes such as ar or en, or any."),
          says("languages: { a: b }", "line 1: 'languages' must be a single value."),
          says("loops: many", "line 1: 'loops' is 'many'; write a whole number."),
          says("loops: 0", "line 1: 'loops' is 0; it must be 1 to 256."),
          says("transport: tcp", "line 1: 'transport' is 'tcp'; write auto, epoll or nio."),
          says("bounds: { streamsMax: 0 }", "line 1: 'streamsMax' is 0; it must be 1 to 1000000."),
          says(
              "bounds:\n  bodyBytesMax: 1GB",
              "line 2: 'bodyBytesMax' is '1GB'; write a size such as 65536, 64KiB or 20MiB."),
          says(
              "bounds:\n  bodyBytesMax: 1",
              "line 2: 'bodyBytesMax' is 1; it must be 256 to 1073741824."),
          says("bounds: [1]", "line 1: here must be keys with values."),
          says(
              "deadlines:\n\n  total: 5",
              "line 3: 'total' is '5'; write a time such as 500ms, 30s, 5m or 1h."),
          says("deadlines:\n  total: 25h", "line 2: 'total' is 25h; it must be 1ms to 24h."),
          says("deadlines:\n  totals: 2h", "line 2: the key 'totals' is unknown here; known are"),
          says(
              "store: x\nadmin: gpu-1:8081",
              "line 2: 'admin' is gpu-1:8081, which others may reach, and it has no TLS; write"),
          says("admin: 127.0.0.1.example:1", "line 1: 'admin' is 127.0.0.1.example:1, which"),
          says("engine:\n  slots: 600", "line 2: 'slots' is 600; it must be 1 to 256."),
          says(
              "engine:\n  slots: 16\n  batch: 8",
              "line 3: 'batch' is 8; it must be 16 to 1048576."),
          says(
              "engine: { prefixCache: yes }",
              "line 1: 'prefixCache' is 'yes'; write key, all or off."),
          Arguments.of(
              "engine: { promptCache: much }",
              "line 1: 'promptCache' is 'much'; write a size such as 0, 512MiB or 4GB."),
          Arguments.of(
              "engine: { promptCache: 9999999999999GiB }",
              "line 1: 'promptCache' is '9999999999999GiB'; it must be 0 to 4096GiB."),
          says(
              "listen: a:1\nmodel: x",
              "line 2: the key 'model' is unknown here; known are listen, tls, admin, exposeAdmin, http2, store,"),
          says("listen: a:1\nlisten: a:2", "line 2: the key 'listen' is there twice."),
          says("a: b: c", "line 1: this is no YAML."),
          says("store: *b", "line 1: '*b' is not read; write the value itself."),
          says("just words", "line 1: here must be keys with values."),
          says("- a", "line 1: here must be keys with values."),
          says(
              "listen: a:1\n---\nlisten: b:1",
              "line 3: there is more than one document; leave one."),
          says("models: x", "line 1: 'models' must be a list."),
          says("models: [x]", "line 1: here must be keys with values."),
          says("models:\n  - file: f", "line 2: a model needs a 'name'."),
          says(
              "models:\n  - name: a\n  - name: b",
              "line 2: the model 'a' needs either a 'file' or 'targets', one of the two."),
          says(
              "models:\n  - { name: a b, file: f }",
              "line 2: 'a b' is no name for a model; write 1 to 200 characters without spaces."),
          says(
              "models:\n  - { name: a, file: f }\n  - { name: a, file: g }",
              "line 3: two models are called 'a'; each needs a name of its own."),
          says(
              "models:\n  - { name: a, file: f }\n  - { name: b, aliases: [a], file: g }",
              "line 3: two models are called 'a'; each needs a name of its own."),
          says(
              "models:\n  - { name: a, aliases: [b, b], file: f }",
              "line 2: the alias 'b' is there twice; once is enough."),
          says(
              "models:\n  - { name: a, file: \"\\0\" }",
              "line 2: 'file' is no path; write one such as models/model.gguf."),
          says(
              "models:\n  - { name: a, file: f, fallback: b }",
              "line 2: 'fallback' must be a list."),
          says(
              "models:\n  - { name: a, file: f, fallback: [b] }",
              "line 2: 'fallback' of 'a' names 'b'; write the name of another model"),
          says(
              "models:\n  - { name: a, aliases: [b], file: f, fallback: [b] }",
              "line 2: 'fallback' of 'a' names 'b'; write the name of another model"),
          says(
              "models:\n  - name: a\n    file: f\n    policy: best",
              "line 4: 'policy' is 'best'; write one of powerOfTwo, leastInFlight, weighted,"),
          says(
              "models:\n  - name: a\n    file: f\n    continue: maybe",
              "line 4: 'continue' is 'maybe'; write true or false."),
          says(
              "models:\n  - name: a\n    file: f\n    queue: -1",
              "line 4: 'queue' is -1; it must be 0 to 100000."),
          says(
              "models:\n  - { name: a, file: f, deadlines: { firstToken: soon } }",
              "line 2: 'firstToken' is 'soon'; write a time such as 500ms, 30s, 5m or 1h."),
          says(
              "models:\n  - { name: a, file: f, deadlines: { idle: 1s } }",
              "line 2: the key 'idle' is unknown here; known are connect, firstToken, betweenTokens, whole, total."),
          says(
              "models:\n  - name: a\n    file: f\n    defaults:\n      temperature: 3",
              "line 5: 'temperature' is 3; it must be 0.0 to 2.0."),
          says(
              "models:\n  - name: a\n    file: f\n    defaults:\n      topK: 1.5",
              "line 5: 'topK' is '1.5'; write a whole number."),
          says(
              "models:\n  - { name: a, targets: [{ url: http://h }], defaults: { topK: 1 } }",
              "line 2: the model 'a' has 'defaults' beside 'targets'; only a file takes them."),
          says(
              "models:\n  - name: a\n    targets:\n      - model: b",
              "line 4: a target needs a 'url', such as http://gpu-1:8000/v1."),
          says(
              "models:\n  - name: a\n    targets:\n      - url: gpu-1:8000",
              "line 4: the url 'gpu-1:8000' is none; write one such as http://gpu-1:8000/v1."),
          says(
              "models:\n  - name: a\n    targets:\n      - url: http://u:p@h:x/",
              "line 4: the url 'http://...@h:x/' is none; write one such as http://gpu-1:8000/v1."),
          says(
              "models:\n  - name: a\n    targets:\n      - url: http://u:p@h/",
              "line 4: the url of 'h' has a user, a query or a fragment; give its address and path alone, and a secret as 'key'."),
          says(
              "models:\n  - name: a\n    targets:\n      - url: http://169.254.169.254/",
              "line 4: the url 'http://169.254.169.254/' is link-local or a cloud's metadata service; no model is there."),
          says(
              "models:\n  - name: a\n    targets:\n      - url: http://h/\n        weight: 0",
              "line 5: 'weight' is 0; it must be 1 to 1000."),
          says(
              "models:\n  - name: a\n    targets:\n      - url: http://h/\n        capacity: -1",
              "line 5: 'capacity' is -1; it must be 0 to 100000."),
          says(
              "models:\n  - name: a\n    targets:\n      - url: http://h/\n        probe: health",
              "line 5: 'probe' is 'health'; write a path such as /health."),
          says(
              "models:\n  - name: a\n    targets: [{ url: http://h/ }, { url: http://h/ }]",
              "line 3: 'targets' has 'http://h/' twice; give it a 'weight' instead."),
          says(
              "trustedProxies: [10.0.0.1, lb.example]",
              "line 1: 'trustedProxies' has 'lb.example'; write networks such as 10.0.0.0/8."),
          says("exposeTarget: 1", "line 1: 'exposeTarget' is '1'; write true or false."));

  static List<Arguments> refused() {
    return REFUSED;
  }

  private static Arguments says(String yaml, String sentence) {
    return Arguments.of(yaml, sentence);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void namesThePlaceAndWhatWouldBeRight(String yaml, String sentence) {
    assertThatThrownBy(() -> configs.read(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(configs.file() + ", " + sentence);
  }

  /** A value far from its key, or in a list, has its own line. */
  @ParameterizedTest
  @MethodSource("places")
  void namesTheLine(String yaml, String sentence) {
    namesThePlaceAndWhatWouldBeRight(yaml, sentence);
  }

  static List<Arguments> places() {
    String model = "models:\n  - name: a\n    file: f\n";
    return List.of(
        says("a: 1\nloops: 2", "line 1: the key 'a' is unknown here"),
        says("listen: h:1\nthings:\n  a: 1", "line 2: the key 'things' is unknown here"),
        says("listen:\n  a: 1", "line 1: 'listen' must be a single value."),
        says("\nmodels:\n  a: 1", "line 2: 'models' must be a list."),
        says("bounds:\n  - 1", "line 2: here must be keys with values."),
        says(
            model + "    aliases:\n      - b\n      - c d", "line 6: 'c d' is no name for a model"),
        says(model + "    aliases:\n      - b\n      - b", "line 6: the alias 'b' is there twice"),
        says(model + "    aliases:\n      - b\n      - [c]", "line 6: 'aliases' must be a single"),
        says(
            model + "  - file: g\n    aliases:\n      - c\n      - a\n    name: b",
            "line 7: two models are called 'a'"),
        says(
            model + "    fallback:\n      - b\n  - name: b\n    file: g\n    fallback:\n      - x",
            "line 9: 'fallback' of 'b' names 'x'"),
        says(
            "models:\n  - name: a\n    targets:\n      - weight: 2\n        url: http://169.254.1.1/",
            "line 5: the url 'http://169.254.1.1/' is link-local"),
        says(
            "models:\n  - name: a\n    targets:\n      - url: http://h/\n        weight: 2\n"
                + "      - weight: 1\n        url: http://h/",
            "line 3: 'targets' has 'http://h/' twice"),
        says("loops: 2\nlisten: [\n  a,\n", "line"));
  }

  @Test
  void allMistakesAreFoundAtOnce() {
    String yaml =
        """
        listen: 8080
        loops: many
        engine: { slots: 0, batch: x }
        deadlines:
          total: 5
          dran: 3s
        models:
          - name: a b
            targets:
              - { url: nowhere, weight: 0, key: "${NOT_THERE}" }
              - { url: "http://h/", proxy: "ftp://h" }
          - name: c
            fallback: [d, a b]
            file: f
            policy: best
          - name: c
            file: g
        """;
    assertThatThrownBy(() -> configs.read(yaml))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.mistakes().stream().map(RefusalsTest::begin))
                    .containsExactlyInAnyOrder(
                        "line 1: '8080' is no",
                        "line 2: 'loops' is 'many';",
                        "line 3: 'slots' is 0;",
                        "line 3: 'batch' is 'x';",
                        "line 5: 'total' is '5';",
                        "line 6: the key 'dran'",
                        "line 10: the url 'nowhere'",
                        "line 10: 'weight' is 0;",
                        "line 10: 'key' names the",
                        "line 11: the url 'ftp://h'",
                        "line 13: 'fallback' of 'c'",
                        "line 15: 'policy' is 'best';",
                        "line 16: two models are"));
  }

  private static String begin(String mistake) {
    return String.join(" ", List.of(mistake.replaceAll(".*yaml, ", "").split(" ")).subList(0, 5));
  }

  @Test
  void theMessageIsTheFirstAndCountsTheOthers() {
    assertThatThrownBy(() -> configs.read("loops: 0\nlisten: x\nadmin: y"))
        .hasMessage(
            configs.file()
                + ", line 2: 'x' is no address; write one such as 127.0.0.1:8080."
                + " Mistakes besides: 2; 'tayyar check' names all.");
  }

  @ParameterizedTest
  @MethodSource("variables")
  void namesTheVariable(String name, String value, String sentence) {
    configs.set(name, value);

    assertThatThrownBy(configs::none)
        .isInstanceOf(ConfigException.class)
        .hasMessage(name + ": " + sentence);
  }

  private static final List<Arguments> VARIABLES =
      List.of(
          Arguments.of(
              "TAYYAR_LISTEN", "x", "'x' is no address; write one such as 127.0.0.1:8080."),
          Arguments.of("TAYYAR_LOOPS", "0", "'loops' is 0; it must be 1 to 256."),
          Arguments.of(
              "TAYYAR_STORE",
              "redis:x",
              "'store' is 'redis:x'; write a file such as sqlite:tayyar.db, or postgresql://USER@HOST/DATABASE."),
          Arguments.of("TAYYAR_ENGINE_SLOTS", "0", "'slots' is 0; it must be 1 to 256."),
          Arguments.of("TAYYAR_ENGINE_SLOTS", "two", "'slots' is 'two'; write a whole number."),
          Arguments.of(
              "TAYYAR_DEADLINES_CLIENT_STALL",
              "1d",
              "'clientStall' is '1d'; write a time such as 500ms, 30s, 5m or 1h."),
          Arguments.of(
              "TAYYAR_BOUNDS_STREAMS_MAX", "-1", "'streamsMax' is -1; it must be 1 to 1000000."));

  static List<Arguments> variables() {
    return VARIABLES;
  }

  @Test
  void namesTheFlag() {
    assertThatThrownBy(() -> configs.flags("", "x", "", "", ""))
        .hasMessage("--listen: 'x' is no address; write one such as 127.0.0.1:8080.");
    assertThatThrownBy(() -> configs.flags("", "", "h:-1", "", ""))
        .hasMessage("--admin: 'h:-1' is no address; write one such as 127.0.0.1:8080.");
    assertThatThrownBy(() -> configs.flags("", "", "", "mysql://u:p@h", ""))
        .hasMessage(
            "'--store' is 'mysql://...@h'; write a file such as sqlite:tayyar.db, or postgresql://USER@HOST/DATABASE.");
    assertThatThrownBy(() -> configs.flags("", "localhost:1", "localhost:1", "", ""))
        .hasMessage("'listen' and 'admin' are both localhost:1; they must differ.");
    assertThatThrownBy(() -> configs.flags("", "", "0.0.0.0:1", "", ""))
        .hasMessage(
            "--admin is 0.0.0.0:1, which others may reach, and it has no TLS; write"
                + " 127.0.0.1:8081, or 'exposeAdmin: true' where the network is your own.");
    assertThatThrownBy(() -> configs.flags("\0", "", "", "", ""))
        .hasMessage("'--config' is no path; write one such as tayyar.yaml.");
  }
}
