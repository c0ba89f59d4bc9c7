package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.Bounds;
import tayyar.config.Config;
import tayyar.config.ConfigReader;
import tayyar.config.EngineSettings;
import tayyar.config.ServedModel;
import tayyar.fetch.Catalogue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The catalogue as people and programs see it. */
final class OfferedTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Console console(Map<String, String> environment) {
    var print = new PrintStream(out, true, UTF_8);
    return new Console(InputStream.nullInputStream(), print, print, environment, false);
  }

  private Offered with(long freeBytes) {
    return new Offered(console(Map.of()), EngineSettings.DEFAULT, freeBytes);
  }

  @Test
  void oneThatFitsIsNamedWithItsNumbers() {
    assertThat(with(7_000_000_000L).recommended())
        .isEqualTo(
            "qwen3-4b knows Arabic and fits here (about 5.4 GB of 7.0 GB free memory): ./tayyar serve --model qwen3-4b");
    assertThat(with(1_000_000_000L).recommended())
        .isEqualTo("No model of the catalogue fits into the 1.0 GB of memory that are free here.");
    assertThat(with(-1).recommended()).endsWith("./tayyar models --catalogue");
  }

  /** More slots and longer contexts need more memory, so a smaller model fits. */
  @Test
  void theEnginesSettingsCount() {
    EngineSettings usual = EngineSettings.DEFAULT;
    var larger =
        new EngineSettings(
            16, 16_384, usual.threads(), usual.batch(), usual.queue(), usual.prefixCache(), 0, 0);
    String less = new Offered(console(Map.of()), larger, 30_000_000_000L).recommended();

    assertThat(with(30_000_000_000L).recommended()).startsWith("qwen3-30b-a3b");
    assertThat(less).contains("knows Arabic").doesNotStartWith("qwen3-30b-a3b");
  }

  @Test
  void theTableMarksWhatIsNotCertain() {
    with(7_000_000_000L).print(false);
    List<String> said = out.toString(UTF_8).lines().toList();
    List<String> lines = said.subList(0, said.indexOf(""));

    assertThat(lines.getFirst()).startsWith("NAME").contains("DISK", "MEMORY", "LICENCE");
    for (Catalogue.Entry entry : Catalogue.ALL) {
      assertThat(lines)
          .filteredOn(line -> line.startsWith(entry.name() + " "))
          .singleElement()
          .asString()
          .contains(entry.licence(), entry.quantisation())
          .matches(line -> line.contains("*") != entry.certain());
    }
    assertThat(said.getLast()).startsWith("qwen3-4b knows Arabic");
  }

  @Test
  void programsGetAllOfIt() {
    with(7_000_000_000L).print(true);
    JsonNode all = JsonMapper.shared().readTree(out.toString(UTF_8));

    assertThat(all).hasSize(Catalogue.ALL.size());
    JsonNode first = all.path(0);
    assertThat(first.propertyNames())
        .containsExactly(
            "name",
            "source",
            "quantisation",
            "bytes",
            "memoryBytes",
            "fits",
            "tools",
            "languages",
            "licence",
            "sha256",
            "looked",
            "certain");
    assertThat(first.path("source").asString()).startsWith("Qwen/Qwen3-0.6B-GGUF/");
    assertThat(first.path("languages").path(0).asString()).isEqualTo("ar");
  }

  /** Out of the cache, as it lies there once it has been pulled. */
  @Test
  void isServedByItsNameWithItsLanguages() throws Exception {
    Catalogue.Entry entry = Objects.requireNonNull(Catalogue.find("qwen3-0.6b"));
    String hub = "http://127.0.0.1:1";
    String address =
        hub + "/" + entry.repository() + "/resolve/" + entry.revision() + "/" + entry.file();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(address.getBytes(UTF_8));
    Path models = folder.resolve("tayyar/models/" + HexFormat.of().formatHex(digest, 0, 4));
    Path file = Files.createDirectories(models).resolve(entry.file());
    Files.writeString(file, "GGUF");
    long time = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
    Files.writeString(
        models.resolve(entry.file() + ".sums"),
        entry.checksum() + " 4 " + time + " " + entry.file() + "\n");
    Map<String, String> environment =
        Map.of(
            "HOME", folder.toString(),
            "XDG_CACHE_HOME", folder.toString(),
            "HF_ENDPOINT", hub,
            "TAYYAR_NATIVES", folder.toString());

    Config asked =
        ConfigReader.read(new ConfigReader.Flags("", "", "", "", "Qwen3-0.6B"), environment);
    ServedModel served = new Ready(console(environment)).config(asked).models().getFirst();
    assertThat(served.name()).isEqualTo("qwen3-0.6b");
    assertThat(served.from()).isEqualTo(new ServedModel.From.File(file));
    assertThat(served.languages()).isEqualTo(entry.languages());
    assertThat(served.routing().bounds()).isEqualTo(Bounds.DEFAULT);
    assertThat(Greeting.knows(served)).as("119 languages are no news").isEmpty();

    Path named =
        Files.writeString(
            folder.resolve("tayyar.yaml"),
            "models: [{ name: m, file: qwen3-0.6b, load: firstUse, idle: 5m, languages: [ar] }]");
    Config configured =
        ConfigReader.read(new ConfigReader.Flags("" + named, "", "", "", ""), environment);
    ServedModel own = new Ready(console(environment)).config(configured).models().getFirst();
    assertThat(own.name()).isEqualTo("m");
    assertThat(own.from())
        .as("a name of the catalogue in the file")
        .isEqualTo(new ServedModel.From.File(file, "", false, Duration.ofMinutes(5)));
    assertThat(own.languages().names("ar")).isTrue();
  }

  @Test
  void thePageHasTheSame() throws Exception {
    Path page = Path.of(System.getProperty("tayyar.basedir", "."), "docs/models.md");
    List<String> rows =
        Files.readAllLines(page).stream()
            .filter(line -> line.matches(".*\\b[0-9a-f]{64}\\b.*"))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(Catalogue.ALL.stream().map(OfferedTest::row).toList());
  }

  private static String row(Catalogue.Entry entry) {
    return String.format(
        Locale.ROOT,
        "| `%s` | `%s` %s | %s | %.1f GB | %.1f GB | %s | %s | %s | `%s` | %s |",
        entry.name(),
        entry.repository(),
        entry.file(),
        entry.quantisation(),
        entry.bytes() / 1e9,
        entry.memoryBytes(16_384) / 1e9,
        entry.tools() ? "yes" : "no",
        entry.spoken(),
        entry.licence(),
        entry.checksum(),
        entry.certain() ? "two or more sources" : "one source: not verified");
  }

  /** The refusal's example can be had. */
  @Test
  void whatTheRefusalNamesIsThere() {
    assertThat(Catalogue.find("qwen3-4b")).isNotNull();
  }
}
