package tayyar.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.FileServer;
import tayyar.testing.HubServer;

/** Models by hub name and by short name, from a hub on loopback. */
@Tag("socket")
@Timeout(60)
final class HubTest {
  private static final String REPO = "own/repo";
  private static final String BODY = "x".repeat(300_000);

  @TempDir private Path folder;
  private Path cache;
  private HubServer hub;

  @BeforeEach
  void start() throws IOException {
    cache = folder.resolve("cache");
    hub = new HubServer();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Fetcher fetcher(String token) {
    return fetcher(token, Progress.NONE);
  }

  private Fetcher fetcher(String token, Progress progress) {
    Map<String, String> environment = new HashMap<>();
    environment.put("HF_ENDPOINT", hub.base() + "/");
    environment.put("HF_TOKEN", token);
    return new Fetcher(new Cache(cache), progress, environment);
  }

  private List<String> leftBehind() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.endsWith(".lock") && !name.endsWith(".sums"))
          .sorted()
          .toList();
    }
  }

  @Test
  void fetchesAFileInTheStateThatWasLookedAt() throws IOException {
    String sum = hub.put(REPO, "sub/m-q2.gguf", "hub");
    Path file = fetcher("").model(REPO + ":sub/m-q2.gguf");

    assertThat(file).hasFileName("m-q2.gguf").hasContent("hub");
    assertThat(hub.asked())
        .containsExactly(
            "hub HEAD /own/repo/resolve/main/sub/m-q2.gguf",
            "hub GET /own/repo/resolve/" + HubServer.COMMIT + "/sub/m-q2.gguf",
            "store GET /blob/" + sum);
    assertThat(fetcher("").model(REPO + ":sub/m-q2.gguf")).isEqualTo(file);
    assertThat(hub.asked()).as("asked once").hasSize(3);
    assertThat(leftBehind()).containsExactly("m-q2.gguf");
  }

  /** Over all pages of its list; no part of a model, nor what sees pictures for it. */
  @Test
  void choosesAFile() {
    hub.put(REPO, "README.md", "no");
    hub.put(REPO, "a-mmproj-Q4_K_M.gguf", "eyes");
    hub.put(REPO, "big-q4_k_m-00001-of-00002.gguf", "part");
    hub.put(REPO, "m-Q8_0.gguf", "larger");
    hub.put(REPO, "with space Q4_K_M.gguf", "chosen");

    assertThat(fetcher("").model(REPO)).hasContent("chosen");
    assertThat(hub.asked()).filteredOn(line -> line.contains("/tree/main")).hasSize(3);
  }

  @Test
  void goesOnWhereItBrokeOff() throws IOException {
    String sum = hub.put(REPO, "m.gguf", BODY);
    hub.breakAfter(100_000, 50_000);

    assertThat(fetcher("").model(REPO + ":m.gguf")).hasContent(BODY);
    assertThat(hub.asked().getLast()).matches("store GET /blob/" + sum + " bytes=[1-9]\\d+-");
    assertThat(hub.asked()).as("a signed address is asked anew").hasSizeGreaterThan(6);
    assertThat(leftBehind()).containsExactly("m.gguf");
  }

  @Test
  void tellsHowFarItIs() {
    hub.put(REPO, "m.gguf", BODY);
    List<Long> all = new ArrayList<>();
    var progress =
        new Progress() {
          @Override
          public void at(String what, long bytes, long ofBytes) {
            all.add(ofBytes);
          }

          @Override
          public void done(String what) {
            all.add(-2L);
          }
        };
    fetcher("", progress).model(REPO + ":m.gguf");

    assertThat(all).endsWith(300_000L, -2L).doesNotContain(-1L);
  }

  @Test
  void holdsTheHubsOwnChecksum() throws IOException {
    hub.put(REPO, "m.gguf", BODY);
    hub.corrupt(true);

    assertThatThrownBy(() -> fetcher("").model(REPO + ":m.gguf"))
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("The download of m.gguf is not what was expected (wrong checksum)");
    assertThat(leftBehind()).isEmpty();
  }

  @Test
  void aFullDiskIsToldBeforeAByteIsWritten() throws IOException {
    hub.put(REPO, "m.gguf", BODY);
    hub.claims(1L << 52);

    assertThatThrownBy(() -> fetcher("").model(REPO + ":m.gguf"))
        .isInstanceOf(FetchException.class)
        .hasMessageMatching(
            "(?s)m.gguf can't be downloaded: the disk of '"
                + cache
                + ".*' has room for [0-9.]+ GB,"
                + " and 4503599.6 GB are to come\\..*");
    assertThat(hub.asked()).filteredOn(line -> line.startsWith("store")).hasSize(1);
  }

  @Test
  void aRepositoryThatHasMovedIsFollowed() {
    hub.put("new/name", "m.gguf", "moved");
    hub.move(REPO, "new/name");

    assertThat(fetcher("").model(REPO + ":m.gguf")).hasContent("moved");
  }

  /** Not to the host that the hub sends on to. */
  @Test
  void theTokenGoesToTheHubAlone() {
    hub.put(REPO, "m.gguf", "for members");
    hub.gate();

    assertThat(fetcher(" " + HubServer.TOKEN + "\n").model(REPO)).hasContent("for members");
    assertThat(hub.tokens()).hasSize(3).containsOnly("hub Bearer " + HubServer.TOKEN);
    assertThat(hub.asked()).filteredOn(line -> line.startsWith("store")).hasSize(1);
  }

  @Test
  void theTokenGoesToNoOtherAddress() throws IOException {
    try (var elsewhere = new HubServer()) {
      elsewhere.put(REPO, "m.gguf", "open");
      String address = elsewhere.base() + "/own/repo/resolve/main/m.gguf";

      assertThat(fetcher(HubServer.TOKEN).model(address)).hasContent("open");
      assertThat(elsewhere.tokens()).isEmpty();
    }
    assertThat(new Hub("https://hub.example", "t").owns(URI.create("https://hub.example:443/a")))
        .isTrue();
    for (String other :
        List.of(
            "http://hub.example/a",
            "https://hub.example:444/a",
            "https://hub.example.evil/a",
            "https://cdn.hub.example/a",
            "https://hub.example@evil/a")) {
      assertThat(new Hub("https://hub.example", "t").owns(URI.create(other))).as(other).isFalse();
    }
    assertThat(new Hub("https://hub.example", "secret").toString()).doesNotContain("secret");
  }

  @Test
  void otherProgramsDoNotInheritTheToken() throws IOException {
    Path seen = folder.resolve("seen");
    Programs programs =
        Programs.in(folder.resolve("bin")).with("npm", "/usr/bin/env > " + seen + "; exit 1");
    Map<String, String> environment = new HashMap<>(programs.environment());
    environment.put("HF_TOKEN", HubServer.TOKEN);
    environment.put("HF_ENDPOINT", hub.base());
    var fetcher = new Fetcher(new Cache(cache), Progress.NONE, environment);

    assertThatThrownBy(fetcher::natives).isInstanceOf(FetchException.class);
    assertThat(seen).content().contains("HF_ENDPOINT=").doesNotContain(HubServer.TOKEN);
  }

  @Test
  void aTokenThatIsNoneIsNotRepeated() {
    assertThatThrownBy(() -> fetcher("hf_se\ncret"))
        .isInstanceOf(FetchException.class)
        .hasMessage("HF_TOKEN holds characters that no token has.");
  }

  @Test
  void saysWhoLetsIn() {
    hub.put(REPO, "m.gguf", "for members");
    hub.gate();

    assertThatThrownBy(() -> fetcher("").model(REPO + ":m.gguf"))
        .hasMessageStartingWith(
            "The hub %s gives 'own/repo' only to whom its owner lets in: ask at %s/own/repo, then set HF_TOKEN"
                .formatted(hub.base(), hub.base()));
    assertThatThrownBy(() -> fetcher("hf_other").model(REPO + ":m.gguf"))
        .hasMessageStartingWith("The hub " + hub.base() + " does not take the token in HF_TOKEN")
        .hasMessageNotContaining("hf_other");
  }

  @Test
  void saysWhatTheHubDoesNotHave() {
    hub.put("own/none", "README.md", "no model");
    String base = hub.base();

    assertThatThrownBy(() -> fetcher("").model("own/unknown"))
        .hasMessage("The hub " + base + " does not know 'own/unknown' (401).");
    assertThatThrownBy(() -> fetcher("").model("own/unknown:m.gguf"))
        .hasMessageStartingWith("The hub " + base + " does not know 'own/unknown' (401).");
    assertThatThrownBy(() -> fetcher("").model("own/none:m.gguf"))
        .hasMessageStartingWith("'own/none' has no file 'm.gguf' on the hub " + base + " (404).");
    assertThatThrownBy(() -> fetcher("").model("own/none"))
        .hasMessage("'own/none' has no GGUF file.");
  }

  @ParameterizedTest
  @CsvSource({
    "429,is asked too often (429); try again in 7 s.",
    "500,is out of order (500); try again later.",
    "503,is out of order (503); try again later."
  })
  void saysWhenToTryAgain(int status, String sentence) {
    hub.failing(status);
    for (String which : List.of(REPO, REPO + ":m.gguf")) {
      assertThatThrownBy(() -> fetcher("").model(which))
          .isInstanceOf(FetchException.class)
          .hasMessageStartingWith("The hub " + hub.base() + " " + sentence);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://h/m", "file:///etc/passwd", "http://", "a b", "HUB"})
  void isNotSentJustAnywhere(String to) throws IOException {
    hub.put(REPO, "m.gguf", "hub");
    hub.sendsTo(to.equals("HUB") ? hub.base() + "/own/repo/resolve/main/m.gguf" : to);

    assertThatThrownBy(() -> fetcher("").model(REPO + ":m.gguf"))
        .isInstanceOf(FetchException.class);
    assertThat(hub.asked()).hasSizeLessThan(20);
    assertThat(leftBehind()).isEmpty();
  }

  @Test
  void saysThatNoHubIsThere() {
    hub.close();

    assertThatThrownBy(() -> fetcher("").model(REPO))
        .hasMessage("The hub " + hub.base() + " can't be reached. Is the network there?");
  }

  /** A mirror tells no checksum; the file's own still counts where the catalogue has it. */
  @Test
  void shortNamesAreHeldToTheirOwnChecksum() throws IOException {
    Catalogue.Entry entry = Objects.requireNonNull(Catalogue.find("Qwen3-4B"));
    hub.put(entry.repository(), entry.file(), "not that model");
    hub.failing(0);

    assertThatThrownBy(() -> fetcher("").model("qwen3-4b"))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("(404)");
    assertThat(hub.asked())
        .containsExactly(
            "hub HEAD /%s/resolve/%s/%s"
                .formatted(entry.repository(), entry.revision(), entry.file()));

    Catalogue.Entry newest = Objects.requireNonNull(Catalogue.find("aya-expanse-8b"));
    hub.put(newest.repository(), newest.file(), "not that model");
    assertThatThrownBy(() -> fetcher("").model("aya-expanse-8b"))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining(
            "has another aya-expanse-8b-Q4_K_M.gguf than the one of the catalogue");
    assertThat(hub.asked()).filteredOn(line -> line.startsWith("store")).isEmpty();

    try (var mirror = new FileServer()) {
      mirror.put(
          "/%s/resolve/main/%s".formatted(newest.repository(), newest.file()), "not that model");
      var fetcher =
          new Fetcher(new Cache(cache), Progress.NONE, Map.of("HF_ENDPOINT", mirror.base()));
      assertThatThrownBy(() -> fetcher.model("aya-expanse-8b"))
          .hasMessageContaining("(wrong checksum)");
    }
    assertThat(leftBehind()).isEmpty();
  }

  @Test
  void whatIsInTheCacheIsNotAskedFor() throws IOException {
    Catalogue.Entry entry = Objects.requireNonNull(Catalogue.find("qwen3-0.6b"));
    String address =
        new Hub(hub.base(), "").file(entry.repository(), entry.revision(), entry.file()) + "";
    Path file = cache.resolve("models").resolve(Checksum.short8(address)).resolve(entry.file());
    Files.createDirectories(file.getParent());
    Files.writeString(file, "GGUF");
    Files.writeString(
        file.resolveSibling(entry.file() + ".sums"),
        "%s 4 %d %s\n"
            .formatted(
                entry.checksum(),
                Files.getLastModifiedTime(file).to(java.util.concurrent.TimeUnit.NANOSECONDS),
                entry.file()));

    assertThat(fetcher("").model("qwen3-0.6b")).isEqualTo(file);
    assertThat(hub.asked()).isEmpty();
  }

  @Test
  void theCatalogueIsWhole() {
    Set<String> names = new HashSet<>();
    assertThat(Catalogue.ALL).hasSizeGreaterThanOrEqualTo(10);
    for (Catalogue.Entry entry : Catalogue.ALL) {
      assertThat(names.add(entry.name())).as(entry.name()).isTrue();
      assertThat(entry.name()).matches("[a-z0-9][a-z0-9.-]+");
      assertThat(entry.repository()).matches("[\\w.-]+/[\\w.-]+");
      assertThat(entry.revision()).matches("[0-9a-f]{40}|main");
      assertThat(entry.file()).endsWith(".gguf");
      assertThat(entry.checksum()).matches("[0-9a-f]{64}");
      assertThat(entry.memoryBytes(16_384)).isGreaterThan(entry.bytes());
      assertThat(entry.languages().any() || entry.languages().names("ar")).isTrue();
      assertThat(Catalogue.find(entry.name())).isEqualTo(entry);
    }
    assertThat(names).contains("qwen3-4b", "gemma3-4b", "qwen3-0.6b");
    assertThat(Catalogue.find("qwen3")).isNull();
  }

  @Test
  void theLargestThatFitsIsNamed() {
    long tokens = 16_384;
    assertThat(Catalogue.fitting(100, tokens)).isNull();
    long before = 0;
    for (long free :
        new long[] {4_000_000_000L, 8_000_000_000L, 16_000_000_000L, 64_000_000_000L}) {
      Catalogue.Entry best = Objects.requireNonNull(Catalogue.fitting(free, tokens));
      assertThat(best.memoryBytes(tokens)).isBetween(before, free);
      before = best.memoryBytes(tokens);
      assertThat(Catalogue.ALL)
          .filteredOn(entry -> entry.memoryBytes(tokens) <= free)
          .allMatch(entry -> entry.memoryBytes(tokens) <= best.memoryBytes(tokens));
    }
  }

  /** A file of one's own wins over a name. */
  @Test
  void aFileThatIsCalledSoIsAFile() {
    assertThat(Fetcher.listed("qwen3-4b")).isNotNull();
    assertThat(Fetcher.listed("pom.xml")).isNull();
    assertThat(Fetcher.listed("http://h/qwen3-4b")).isNull();
  }
}
