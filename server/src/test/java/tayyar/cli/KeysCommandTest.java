package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.StoreAddress;
import tayyar.keys.KeyRing;
import tayyar.keys.KeyStore;
import tayyar.keys.KeyWatch;
import tayyar.store.Store;
import tools.jackson.databind.JsonNode;

final class KeysCommandTest {
  private static final String UTC = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ";

  @TempDir private Path home;

  private Said keys(String... args) {
    Said said = said(args);
    return said.err().startsWith("Store: ") ? said.beneathStore() : said;
  }

  /** What it says of the store as well. */
  private Said said(String... args) {
    List<String> all = new ArrayList<>(List.of("keys"));
    all.addAll(Arrays.asList(args));
    return Said.by(home, all.toArray(String[]::new));
  }

  @Test
  void aKeyIsMadeListedAndRevoked() throws Exception {
    Path store = home.resolve(".local/share/tayyar/tayyar.db");
    Said made = said("create", "--name", "alice", "--rpm", "60");
    String secret = made.out().strip();
    assertThat(made.status()).isZero();
    assertThat(made.out()).matches("sk-[0-9a-f]{32,}\n");
    assertThat(made.err())
        .matches(
            "Store: "
                + store
                + "\nShown this once; 'tayyar keys revoke key_\\w+' makes it void\\.\n");
    String id = made.err().replaceAll("(?s).*(key_\\w+).*", "$1");

    List<String> listed = keys("list").isGood().lines();
    assertThat(listed).hasSize(2);
    assertThat(listed.getFirst()).matches("ID +NAME +KEY +RPM +CREATED +LAST USED +REVOKED");
    assertThat(listed.getLast())
        .matches(id + "  alice  sk-\\.\\.\\.\\w{4}  60   " + UTC + "  -          -")
        .doesNotContain(secret);
    assertThat(listed.getFirst().indexOf("CREATED"))
        .isEqualTo(listed.getLast().replaceAll(UTC + ".*", "").length());

    assertThat(keys("revoke", "alice").isGood().out()).isEqualTo("Revoked.\n");
    assertThat(keys("revoke", id).isGood().out()).isEqualTo("It had been revoked before.\n");
    assertThat(keys("list").isGood().lines().getLast()).matches(".*" + UTC + " .* " + UTC);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store)))
        .isEqualTo("rw-------");
  }

  @Test
  void programsReadJson() {
    JsonNode made = keys("create", "--name", "bob", "--json").isGood().json();
    String id = made.path("id").asString();
    assertThat(made.path("key").asString()).startsWith("sk-");
    assertThat(made.path("requests_per_minute").asInt()).isEqualTo(600);

    Said listed = keys("list", "--json").isGood();
    JsonNode row = listed.json().path(0);
    assertThat(row.propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "name",
            "hint",
            "requests_per_minute",
            "created",
            "last_used",
            "revoked",
            "project",
            "shows_cost",
            "models",
            "expires");
    assertThat(row.path("id").asString()).isEqualTo(id);
    assertThat(row.path("revoked").isNull()).isTrue();
    assertThat(listed.out()).doesNotContain(made.path("key").asString());

    assertThat(keys("revoke", id, "--json").isGood().json().path("now").asBoolean()).isTrue();
    assertThat(keys("revoke", id, "--json").isGood().json().path("now").asBoolean()).isFalse();
    assertThat(keys("list", "--json").isGood().json().path(0).path("revoked").asString())
        .isNotEmpty();
  }

  /** What only the server has, its targets' keys for one, a key is made without. */
  @Test
  void ofAConfigurationTheDatabaseAloneIsRead() throws Exception {
    Path config = home.resolve("tayyar.yaml");
    Files.writeString(
        config,
        """
        store: its.db
        models: [{ name: m, targets: [{ url: "http://h/v1", key: "${ONLY_THE_SERVERS}" }] }]
        """);
    keys("create", "--name", "alice", "--config", config.toString());
    assertThat(home.resolve("its.db")).exists();
    assertThat(keys("list", "--store", home.resolve("its.db").toString()).isGood().out())
        .contains("alice");
  }

  @Test
  void aKeyIsGivenOtherModelsAndAnotherEnd() throws Exception {
    keys("create", "--name", "alice", "--models", "a", "--expires", "30d");
    keys("change", "alice", "--models", "b,c", "--expires", "2999-12-31").isGood();
    JsonNode row = keys("list", "--json").json().path(0);
    assertThat(row.path("models").size()).isEqualTo(2);
    assertThat(row.path("expires").asString()).isEqualTo("2999-12-30T22:00:00Z");
    keys("change", "alice", "--rpm", "7").isGood();
    assertThat(keys("list", "--json").json().path(0).path("models").size()).isEqualTo(2);
    keys("change", "alice", "--all-models", "--no-expiry").isGood();
    row = keys("list", "--json").json().path(0);
    assertThat(row.path("models").isNull()).isTrue();
    assertThat(row.path("expires").isNull()).isTrue();

    keys("change", "alice", "--models", "a", "--all-models")
        .isRefused(1, "--models and --all-models exclude each other.");
    keys("change", "alice", "--expires", "1d", "--no-expiry")
        .isRefused(1, "--expires and --no-expiry exclude each other.");
    keys("change", "alice", "--show-cost", "maybe")
        .isRefused(1, "--show-cost is 'maybe'; it must be yes or no.");
    for (boolean shows : new boolean[] {true, false}) {
      keys("change", "alice", "--show-cost", shows ? "yes" : "no").isGood();
      assertThat(keys("list", "--json").json().path(0).path("shows_cost").asBoolean())
          .isEqualTo(shows);
    }
    assertThat(keys("change", "alice", "--expires", "2020-01-01").err())
        .contains("A key ends at a moment still to come;");
  }

  @Test
  void aNewKeyShowsItsCostWhereThatIsSaid() {
    for (String said : List.of("", "--show-cost", "--show-cost=yes", "--show-cost=no")) {
      String[] plain = {"create", "--json"};
      String[] with = {"create", "--json", said};
      String id = keys(said.isEmpty() ? plain : with).isGood().json().path("id").asString();
      JsonNode made = keys("list", "--json").json().valueStream().toList().getLast();
      assertThat(made.path("id").asString()).isEqualTo(id);
      assertThat(made.path("shows_cost").asBoolean())
          .as(said)
          .isEqualTo(said.equals("--show-cost") || said.endsWith("=yes"));
    }
    keys("create", "--show-cost", "maybe")
        .isRefused(1, "--show-cost is 'maybe'; it must be yes or no.");
  }

  @Test
  void aKeyIsGivenAnotherNameAndLimit() throws Exception {
    String id = keys("create", "--name", "alice", "--json").json().path("id").asString();
    assertThat(keys("change", "alice", "--rpm", "5").isGood().out())
        .isEqualTo(id + " is called 'alice' and has 5 requests in 60 seconds.\n");
    assertThat(
            keys("change", id, "--name", "bob", "--json").isGood().json().path("name").asString())
        .isEqualTo("bob");
    JsonNode row = keys("list", "--json").json().path(0);
    assertThat(row.path("name").asString()).isEqualTo("bob");
    assertThat(row.path("requests_per_minute").asInt()).isEqualTo(5);

    keys("change", "bob")
        .isRefused(1, "Say what is to change: --name, --rpm, --models, --expires, --show-cost.");
    keys("change", "bob", "--rpm", "0").isRefused(1, "A key needs at least 1 request a minute.");
    keys("change", "alice", "--rpm", "2").isRefused(1, "No key has the id, hint or name 'alice'.");
  }

  @Test
  void useIsToldForEachKey() throws Exception {
    String id = keys("create", "--name", "alice", "--json").json().path("id").asString();
    keys("create", "--name", "idle");
    Path store = home.resolve(".local/share/tayyar/tayyar.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + store);
        var insert =
            connection.prepareStatement(
                "INSERT INTO requests (request_id, recorded_us, key_id, attempts, streamed,"
                    + " outcome, status, prompt_tokens, completion_tokens, cached_tokens,"
                    + " estimated, started_ms, duration_us)"
                    + " VALUES (?, ?, ?, 1, 1, ?, 200, 10, 5, 4, ?, 0, 0)")) {
      long now = System.currentTimeMillis() * 1000;
      long[] ages = {0, 0, 2 * 86_400_000_000L};
      for (int i = 0; i < ages.length; i++) {
        insert.setString(1, "req_" + i);
        insert.setLong(2, now - ages[i]);
        insert.setString(3, id);
        insert.setString(4, i == 0 ? "failed" : "completed");
        insert.setInt(5, i == 2 ? 1 : 0);
        insert.executeUpdate();
      }
    }

    JsonNode all = keys("usage", "--json").isGood().json();
    assertThat(all).hasSize(1);
    assertThat(all.path(0).path("name").asString()).isEqualTo("alice");
    assertThat(all.path(0).path("requests").asInt()).isEqualTo(3);
    assertThat(all.path(0).path("completed").asInt()).isEqualTo(2);
    assertThat(all.path(0).path("estimated").asInt()).isEqualTo(1);
    assertThat(all.path(0).path("prompt_tokens").asInt()).isEqualTo(30);
    assertThat(keys("usage", "--days", "1").isGood().lines().getLast())
        .matches(id + "  alice  \\S+  2 +1 +0 +20 +8 +10");
    keys("usage", "--days", "0").isRefused(1, "--days is 0; it must be from 1 to 36500.");
  }

  @Test
  void aKeyOfAnOrganisationHasItsModelsAndItsEnd() {
    Said.by(home, "orgs", "create", "acme");
    Said.by(home, "projects", "create", "acme/search");
    String id =
        keys(
                "create",
                "--project",
                "acme/search",
                "--models",
                "llama,qwen",
                "--expires",
                "2999-12-31T18:00Z",
                "--json")
            .isGood()
            .json()
            .path("id")
            .asString();
    keys("create", "--project", "acme", "--expires", "30d");

    List<String> listed = keys("list").isGood().lines();
    assertThat(listed.getFirst()).matches(".* REVOKED +PROJECT +EXPIRES");
    assertThat(listed.get(1)).matches(id + " .* acme/search +2999-12-31 18:00:00Z");
    assertThat(listed.get(2)).matches(".* acme/default +\\d{4}-.*Z");
    JsonNode row = keys("list", "--json").isGood().json().path(0);
    assertThat(row.path("project").asString()).isEqualTo("acme/search");
    assertThat(row.path("models").size()).isEqualTo(2);
    assertThat(row.path("expires").asString()).isEqualTo("2999-12-31T18:00:00Z");

    keys("create", "--project", "acme/other").isRefused(1, "There is no project 'acme/other'.");
    keys("create", "--expires", "2020-01-01")
        .isRefused(1, "--expires is 2020-01-01; that is over.");
    keys("create", "--expires", "never")
        .isRefused(
            1, "--expires: 'never' is no time; write 30d, 12h, 2026-12-31 or 2026-12-31T18:00.");
  }

  @Test
  void mistakesAreSentences() {
    keys("create", "--rpm", "0").isRefused(1, "A key needs at least 1 request a minute.");
    keys("revoke", "nobody").isRefused(1, "No key has the id, hint or name 'nobody'.");
    keys("create", "--name", "twin");
    keys("create", "--name", "twin");
    Said twice = keys("revoke", "twin");
    assertThat(twice.status()).isEqualTo(1);
    assertThat(twice.err()).matches("'twin' fits 2 keys; use an id: key_\\w+, key_\\w+\\.\n");
  }

  @Test
  void namesCannotBreakTheTable() {
    keys("create", "--name", "two\nlines \u001b[31mred")
        .isRefused(
            1,
            "--name has a character that is none for the screen; write letters, digits and signs.");
    keys("create", "--name", "x".repeat(101))
        .isRefused(1, "--name has 101 characters; it must be at most 100.");
    assertThat(keys("create", "--name", "\u0646\u0648\u0631").status()).isZero();
  }

  @Test
  void anotherStoreIsTakenByFlag() {
    Path other = home.resolve("other.db");
    keys("create", "--name", "one", "--store", other.toString());

    assertThat(keys("list", "--store", "sqlite:" + other).lines()).hasSize(2);
    keys("list").isRefused(1, none());
  }

  @Test
  void aRunningServerKnowsTheKeyWhenTheCommandIsOver() {
    Path file = home.resolve(".local/share/tayyar/tayyar.db");
    try (Store served = Store.open(file)) {
      var keys = new KeyStore(served.dataSource());
      var ring = new KeyRing();
      try (var watch =
          KeyWatch.start(served::keysVersion, () -> ring.swap(keys.snapshot(Map.of())))) {
        for (String name : List.of("a", "b", "c")) {
          String secret = keys("create", "--name", name).out().strip();
          assertThat(ring.check("Bearer " + secret)).isInstanceOf(KeyRing.Check.Known.class);
        }
        assertThat(watch).isNotNull();
      }
    }
    keys("list").isGood();
    assertThat(Store.isOpen(new StoreAddress.File(file))).isFalse();
  }

  /** A running server would take up the new file, and all keys of the one before would be void. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "keys list",
        "keys usage",
        "keys change a --rpm 5",
        "keys revoke a",
        "orgs list",
        "orgs suspend a",
        "projects list",
        "projects create default/a",
        "plans list",
        "prices list",
        "balance show",
        "balance top-up default 5",
        "usage",
        "requests",
        "reconcile"
      })
  void aStoreThatIsGoneIsNotMadeAnewByLookingAtIt(String command) {
    Said.by(home, command.split(" ", -1)).isRefused(1, none());
    assertThat(home.resolve(".local")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keys create",
        "orgs create a",
        "plans set small --all-models",
        "prices set a --input 1 --output 1"
      })
  void whatAnOperatorBeginsWithMakesTheStore(String command) {
    Said said = Said.by(home, command.split(" ", -1));
    assertThat(said.status()).isZero();
    assertThat(said.err())
        .startsWith("Store: " + home.resolve(".local/share/tayyar/tayyar.db") + "\n");
    keys("list").isGood();
  }

  private String none() {
    return "There is no database '"
        + home.resolve(".local/share/tayyar/tayyar.db")
        + "'; 'tayyar serve' or 'tayyar keys create' makes one.";
  }
}
