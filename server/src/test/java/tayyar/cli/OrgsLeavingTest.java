package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A customer leaves: with all that is known of it, and without a trace of its name. */
final class OrgsLeavingTest {
  @TempDir private Path home;

  private Said say(String... args) {
    return Said.by(home, args);
  }

  @BeforeEach
  void customer() {
    say("orgs", "create", "acme", "--pays");
    say("keys", "create", "--name", "site", "--project", "acme");
    say("balance", "top-up", "acme", "5", "--note", "invoice 17");
  }

  @Test
  void allOfItIsWrittenDown() throws Exception {
    Path folder = home.resolve("acme");
    say("orgs", "change", "acme", "--networks", "10.0.0.0/8,::1", "--regions", "eg,eu");
    Said said = say("orgs", "export", "acme", folder.toString());
    assertThat(said.out())
        .isEqualTo(
            "0 requests, 0 sums of days, 1 movement and all else of 'acme' are in '"
                + folder
                + "'.\n");
    JsonNode movement =
        JsonMapper.shared().readTree(Files.readString(folder.resolve("movements.jsonl")));
    assertThat(movement.path("amount").asString()).isEqualTo("5");
    assertThat(movement.path("note").asString()).isEqualTo("invoice 17");
    assertThat(Files.readString(folder.resolve("organisation.jsonl")))
        .contains("\"regions\":[\"eg\",\"eu\"],\"networks\":[\"10.0.0.0/8\",\"::1\"]");
    assertThat(Files.readString(folder.resolve("keys.jsonl")))
        .contains("\"name\":\"site\"", "\"created\":\"20")
        .doesNotContain("sha256");
    assertThat(Files.readString(folder.resolve("audit.jsonl"))).contains("invoice 17");
    assertThat(say("orgs", "export", "acme", folder.toString()).err()).contains("is not empty");
    assertThat(say("orgs", "export", "other", folder.toString()).err())
        .contains("There is no organisation 'other'.");
  }

  @Test
  void itsNameIsAskedForOnceMore() {
    Map<String, String> here = Map.of("HOME", home.toString(), "PATH", "");
    String[] delete = {"orgs", "delete", "acme", "--with-balance"};
    assertThat(say(delete).err()).contains("Write 'acme' to delete it").contains("Nothing was");
    assertThat(Said.answering("yes\n", here, delete).status()).isEqualTo(1);
    assertThat(say("orgs", "list").out()).contains("acme");
    assertThat(Said.answering("acme\n", here, delete).out())
        .matches("'acme' is deleted; its books stay as those of org_\\w{12}\\.\n");
    assertThat(say("orgs", "list").out()).doesNotContain("acme");
    assertThat(say("keys", "list").out()).doesNotContain("site");
    assertThat(say("audit").out()).doesNotContain("acme", "site", "invoice");
    assertThat(say("reconcile").status()).isZero();
  }

  @Test
  void moneyThatIsLeftKeepsIt() {
    assertThat(say("orgs", "delete", "acme", "--yes").err())
        .contains("'acme' has a balance of 5; settle it first", "--with-balance");
    assertThat(say("orgs", "delete", "default", "--yes").err()).contains("cannot be deleted");
    say("balance", "correct", "acme", "-5");
    JsonNode gone = say("orgs", "delete", "acme", "--yes", "--json").json();
    assertThat(gone.path("deleted").asBoolean()).isTrue();
    assertThat(gone.path("balance").asString()).isEqualTo("0");
    assertThat(say("orgs", "delete", "acme", "--yes").err()).contains("There is no organisation");
  }
}
