package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.AccountStore;
import tayyar.api.To;
import tayyar.store.Store;
import tayyar.testing.Postgres;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a start would fail of is told before, all of it. */
@Tag("socket")
@Timeout(60)
final class CheckCommandTest {
  private static final String REMOTE =
      "models: [{ name: m, targets: [{ url: \"http://h/v1\" }] }]\n";
  private static final String ANYWHERE = "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n";

  @TempDir private Path home;

  private String write(String text) throws IOException {
    return Files.writeString(home.resolve("tayyar.yaml"), text).toString();
  }

  private Said check(String text) throws IOException {
    return Said.by(home, "check", "--config", write(text));
  }

  @Test
  void theFilesMistakesAreLines() throws IOException {
    String file = home.resolve("tayyar.yaml").toString();
    check("loops: 0\ntransport: x\n")
        .isRefused(
            1,
            file
                + ", line 2: 'transport' is 'x'; write auto, epoll or nio.\n"
                + file
                + ", line 1: 'loops' is 0; it must be 1 to 256.");
    Said json = Said.by(home, "check", "--config", file, "--json");
    assertThat(json.status()).isEqualTo(1);
    assertThat(json.json().path("ok").asBoolean()).isFalse();
    assertThat(json.json().path("mistakes")).hasSize(2);
  }

  @Test
  void anAddressThatIsNotOursIsAMistakeAndATakenOneIsNone() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String at = "127.0.0.1:" + taken.getLocalPort();
      Said said = check(REMOTE + "listen: " + at + "\nadmin: 127.0.0.1:0\n").isGood();
      assertThat(said.lines().getLast()).startsWith("  note    " + at + " is taken now; ");
    }
    check(REMOTE + "listen: 192.0.2.7:1\nadmin: 127.0.0.1:0\n")
        .isRefused(
            1, "Nothing can listen on 192.0.2.7:1 ('listen'): this machine has no such address.");
  }

  @Test
  void aDatabaseThatCannotBeUsedIsAMistakeAndNothingIsMade() throws Exception {
    Path store = home.resolve("x.db");
    String text = REMOTE + ANYWHERE + "store: x.db\n";
    check(text).isGood();
    assertThat(store).doesNotExist();

    Files.writeString(
        store, "no database at all, though it has more than a head's length of bytes");
    check(text).isRefused(1, "The database '" + store + "' cannot be used: it is no database.");
    Files.delete(store);
    Files.createDirectory(store);
    check(text).isRefused(1, "The database '" + store + "' cannot be used: it is no file.");
    Files.delete(store);
    Store.open(store).close();
    check(text).isGood();
    setVersion(store, 1_000);
    check(text)
        .isRefused(
            1,
            "The database '"
                + store
                + "' cannot be used: a newer version of Tayyar has written it; use that one.");
    String below = REMOTE + ANYWHERE + "store: tayyar.yaml/x.db\n";
    check(below)
        .isRefused(
            1,
            "The database '%s/tayyar.yaml/x.db' cannot be used: '%s/tayyar.yaml' is no folder."
                .formatted(home, home));
  }

  @Test
  void whoCountsLimitsTogetherIsSaid() throws Exception {
    assertThat(check(REMOTE + ANYWHERE).isGood().out()).doesNotContain("limits");
    String server = "store: \"" + Postgres.common().database(home.resolve("journals")) + "\"\n";
    assertThat(check(REMOTE + ANYWHERE + server).isGood().out())
        .contains("  limits  counted by all gateways together, at the store\n");
    String alone = "limits: { shared: none }\n";
    assertThat(check(REMOTE + ANYWHERE + server + alone).isGood().out()).doesNotContain("limits");
    check(REMOTE + ANYWHERE + "limits: { shared: store }\n")
        .isRefused(
            1,
            home.resolve("tayyar.yaml")
                + ", line 4: 'limits' has 'shared: store', and an SQLite file counts no limits; name"
                + " a Redis, or a store such as postgresql://USER@HOST/DATABASE.");
  }

  /** What the driver leaves out is said: which name is wrong, and where a password goes. */
  @Test
  void aServerThatCannotBeReachedIsToldWithTheWayOut() throws Exception {
    String nowhere = "postgresql://tayyar@no-such-host.invalid/tayyar";
    check(REMOTE + ANYWHERE + "store: " + nowhere + "\n")
        .isRefused(
            1,
            "The database '%s' cannot be used: no host is named 'no-such-host.invalid'."
                .formatted(nowhere));
    String hosts = Postgres.common().database(home.resolve("journals")).hosts();
    String locked = "postgresql://" + Postgres.ASKED + "@" + hosts + "/tayyar";
    Said said = check(REMOTE + ANYWHERE + "store: " + locked + "\n");
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.err()).endsWith("; give it as storePassword or PGPASSWORD.\n");
  }

  /** A store of an older version is not brought up to date for a look. */
  @Test
  void modelsWithoutAPriceAreNotedWhereSomebodyPays() throws Exception {
    Path file = home.resolve("x.db");
    String text = REMOTE + ANYWHERE + "store: x.db\n";
    try (Store store = Store.open(file)) {
      var accounts = new AccountStore(store.dataSource());
      assertThat(check(text).isGood().out()).doesNotContain("note");
      accounts.changePays("default", true);
      String note = "Without a price: m. Organisations that pay get 503 no_price.";
      assertThat(check(text).isGood().lines()).endsWith("  note    " + note);
      JsonNode notes =
          Said.by(home, "check", "--config", write(text), "--json").json().path("notes");
      assertThat(notes.valueStream().map(JsonNode::asString)).containsExactly(note);
      accounts.setPrice("m", 1, 1, 1, 1, 0, null);
      assertThat(check(text).isGood().out()).doesNotContain("note");
      var nowhere = new To<List<String>>(List.of("eg"));
      accounts.change("default", new AccountStore.Change(null, null, null, nowhere, null));
      assertThat(check(text).isGood().lines())
          .endsWith(
              "  note    Without a server: eg."
                  + " All requests of 'default' get 403 region_not_allowed.");
      accounts.change("default", new AccountStore.Change(null, null, null, new To<>(null), null));
    }
    setVersion(file, 6);
    assertThat(check(text).isGood().out()).doesNotContain("note");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("PRAGMA user_version")) {
      assertThat(rows.getInt(1)).isEqualTo(6);
    }
  }

  private static void setVersion(Path store, int version) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + store);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = " + version);
    }
  }

  @Test
  void aModelThatIsAskedForIsThere() {
    Map<String, String> environment =
        Map.of(
            "HOME", home.toString(), "TAYYAR_LISTEN", "127.0.0.1:0", "TAYYAR_ADMIN", "127.0.0.1:0");
    Said.by(environment, "check", "--model", "missing.gguf")
        .isRefused(1, "There is no model file 'missing.gguf'.");
  }

  /** As a process, with all that a gateway is made of. */
  @Test
  void allThatTheMachineLacksIsToldAtOnce() throws IOException {
    Files.writeString(home.resolve("empty.gguf"), "");
    Files.writeString(home.resolve("text.gguf"), "text");
    Files.writeString(home.resolve("good.gguf"), "GGUF and so on");
    String text =
        ANYWHERE
            + """
            natives: nowhere
            store: tayyar.yaml/x.db
            models:
              - { name: a, file: missing.gguf }
              - { name: b, file: empty.gguf }
              - { name: c, file: text.gguf }
              - { name: d, file: good.gguf }
            """;
    try (Run check = Run.of(home, "check", "--json", "--config", write(text))) {
      JsonNode said = JsonMapper.shared().readTree(check.find("(\\{.*})"));
      assertThat(check.status()).isEqualTo(1);
      List<String> mistakes = said.path("mistakes").valueStream().map(JsonNode::asString).toList();
      assertThat(mistakes).hasSize(5);
      assertThat(mistakes.get(0)).contains("x.db' cannot be used: ");
      assertThat(mistakes.get(1))
          .isEqualTo("The folder %s can't be read.", home.resolve("nowhere"));
      assertThat(mistakes.get(2)).contains("missing.gguf can't be loaded: it is not there");
      assertThat(mistakes.get(3)).contains("empty.gguf can't be loaded: it is empty");
      assertThat(mistakes.get(4)).contains("text.gguf can't be loaded: it is no GGUF file");
    }
  }
}
