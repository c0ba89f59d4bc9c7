package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.config.Config;
import tayyar.config.ConfigReader;
import tayyar.keys.KeyStore;
import tayyar.store.Store;

/** The command that serve prints is followed word for word, in another shell. */
final class GreetingTest {
  private static final String BY = "another by: ./tayyar ";

  @TempDir private Path home;

  private static String greeting(Config config, Map<String, String> environment) {
    return greeting(config, environment, _ -> false);
  }

  private static String greeting(
      Config config, Map<String, String> environment, Predicate<String> embeds) {
    var out = new ByteArrayOutputStream();
    var print = new PrintStream(out, true, UTF_8);
    var console = new Console(InputStream.nullInputStream(), print, print, environment, false);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);
    new Greeting(console, config, embeds, "", address).print("", "", address);
    return out.toString(UTF_8);
  }

  private void assertMakesKeysFor(ConfigReader.Flags flags, Map<String, String> more)
      throws Exception {
    Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString(), "PATH", ""));
    Map<String, String> elsewhere = Map.copyOf(environment);
    String secret =
        "models: [{ name: m, targets: [{ url: http://h, key: \"${ONLY_THE_SERVERS}\" }] }]";
    Path unreadable = Files.writeString(home.resolve("unreadable.yaml"), secret);
    Map<String, String> confused = new HashMap<>(elsewhere);
    confused.put("TAYYAR_CONFIG", unreadable.toString());
    environment.putAll(more);
    Config config = ConfigReader.read(flags, environment);
    String command =
        greeting(config, environment)
            .lines()
            .filter(line -> line.contains(BY))
            .findFirst()
            .orElseThrow();
    String words = command.substring(command.indexOf(BY) + BY.length());
    var shell = new ProcessBuilder("/bin/sh", "-c", "printf '%s\\n' " + words).start();
    List<String> all = shell.inputReader(UTF_8).lines().toList();

    assertThat(Said.by(elsewhere, all.toArray(String[]::new)).status()).isZero();
    assertThat(Said.by(confused, all.toArray(String[]::new)).status()).isZero();
    try (Store store = Store.open(config.store())) {
      assertThat(new KeyStore(store.dataSource()).list()).hasSize(2);
    }
  }

  @Test
  void withTlsAllAddressesSaySo() throws Exception {
    Map<String, String> environment = Map.of("HOME", home.toString(), "PATH", "");
    Path tls = configuration("tls: { certificate: a.pem, key: a.key, admin: true }\n");
    Config config = ConfigReader.read(flags(tls, ""), environment);
    assertThat(greeting(config, environment))
        .contains("answers at https://127.0.0.1:8080\n")
        .contains("OPENAI_BASE_URL=https://127.0.0.1:8080/v1 ")
        .contains("metrics     https://127.0.0.1:8080/metrics")
        .doesNotContain("http://");

    var out = new ByteArrayOutputStream();
    var print = new PrintStream(out, true, UTF_8);
    var console = new Console(InputStream.nullInputStream(), print, print, environment, false);
    var anywhere = new InetSocketAddress("0.0.0.0", 443);
    new Greeting(console, config, _ -> false, "api.example.com", anywhere).print("", "", anywhere);
    assertThat(out.toString(UTF_8)).contains("answers at https://api.example.com\n");
  }

  @Test
  void anEmbeddingModelIsTriedWithATextForAVector() throws Exception {
    Map<String, String> environment = Map.of("HOME", home.toString(), "PATH", "");
    Config config = ConfigReader.read(flags(configuration(""), ""), environment);
    assertThat(greeting(config, environment, "m"::equals))
        .contains("/v1/embeddings -H \"Authorization: Bearer $OPENAI_API_KEY\"")
        .contains("-d '{\"model\":\"m\",\"input\":\"Say hello.\"}'")
        .doesNotContain("/v1/chat/completions");
    assertThat(greeting(config, environment)).contains("/v1/chat/completions");
  }

  @Test
  void whoeverNeedsTheStoresPasswordIsReminded() throws Exception {
    String store = "postgresql://tayyar@db/tayyar";
    Path config = configuration("store: " + store + "\nstorePassword: \"${DB}\"\n");
    Map<String, String> environment = Map.of("HOME", home.toString(), "DB", "hidden");
    assertThat(greeting(ConfigReader.read(flags(config, ""), environment), environment))
        .contains("by: PGPASSWORD=... ./tayyar keys create --name NAME --store " + store + "\n")
        .doesNotContain("hidden");
  }

  private static ConfigReader.Flags flags(Path config, String store) {
    return new ConfigReader.Flags(config.toString(), "", "", store, "");
  }

  private Path configuration(String text) throws Exception {
    String models = "models: [{ name: m, targets: [{ url: \"http://127.0.0.1:1/v1\" }] }]\n";
    return Files.writeString(home.resolve("tayyar.yaml"), models + text);
  }

  private String greeting(String languages) throws Exception {
    String models =
        "models: [{ name: m, languages: "
            + languages
            + ", targets: [{ url: \"http://127.0.0.1:1/v1\" }] }]\n";
    Path file = Files.writeString(home.resolve("l.yaml"), models);
    Map<String, String> environment = Map.of("HOME", home.toString());
    return greeting(ConfigReader.read(flags(file, ""), environment), environment);
  }

  @Test
  void whatIsServedWithoutArabicIsToldWithAWayOut() throws Exception {
    assertThat(greeting("[en, fr]"))
        .contains("  m knows English, French only; asked in Arabic, it refuses.\n")
        .containsAnyOf("serve --model ", "of the catalogue");
    for (String arabic : List.of("[ar, en]", "any")) {
      assertThat(greeting(arabic)).doesNotContain("refuses", "serve --model", "catalogue");
    }
    assertThat(greeting("ar")).contains("m knows Arabic only.\n");
  }

  @Test
  void theUsualStoreIsNotNamed() throws Exception {
    Path config = configuration("");
    assertMakesKeysFor(flags(config, ""), Map.of());
    Map<String, String> environment = Map.of("HOME", home.toString());
    assertThat(greeting(ConfigReader.read(flags(config, ""), environment), environment))
        .contains(BY + "keys create --name NAME\n");
  }

  @Test
  void theFilesStoreIsTheCommands() throws Exception {
    assertMakesKeysFor(flags(configuration("store: sqlite:its own 'db\n"), ""), Map.of());
  }

  @Test
  void theFlagsStoreIsTheCommands() throws Exception {
    String other = home.resolve("other.db").toString();
    assertMakesKeysFor(flags(configuration("store: sqlite:file.db\n"), other), Map.of());
  }

  @Test
  void theEnvironmentsStoreIsTheCommands() throws Exception {
    String other = home.resolve("environment.db").toString();
    assertMakesKeysFor(flags(configuration(""), ""), Map.of("TAYYAR_STORE", other));
    Path elsewhere = home.resolve("data");
    assertMakesKeysFor(flags(configuration(""), ""), Map.of("XDG_DATA_HOME", elsewhere.toString()));
  }

  @Test
  void severalModelsAreShownWithTheirMemory() throws Exception {
    Files.write(home.resolve("a.gguf"), new byte[3]);
    String models =
        "models: [{ name: a, file: a.gguf }, { name: b, file: a.gguf, load: firstUse }]";
    Path file = Files.writeString(home.resolve("several.yaml"), models);
    Map<String, String> environment = Map.of("HOME", home.toString(), "PATH", "");
    var flags = new ConfigReader.Flags(file.toString(), "", "", "", "");
    assertThat(greeting(ConfigReader.read(flags, environment), environment))
        .contains(
            "a takes about 200 MB of memory\n",
            "b takes about 200 MB of memory, loaded at first use\n");
  }
}
