package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Admin tokens and the log of changes on the command line. */
final class AdminCommandsTest {
  @TempDir private Path home;

  private Said say(String... args) {
    return Said.by(home, args);
  }

  @Test
  void aTokenIsShownOnceListedAndRevoked() {
    Said made = say("admin-tokens", "create", "finance", "--role", "billing");
    String secret = made.out().strip();
    assertThat(secret).matches("tat-[0-9a-f]{48}");
    assertThat(made.err()).contains("Shown this once. Its id is adm_").contains("role billing.");
    JsonNode owner = say("admin-tokens", "create", "x", "--role", "owner", "--json").json();
    assertThat(owner.path("token").asString()).matches("tat-[0-9a-f]{48}");

    Said list = say("admin-tokens", "list");
    assertThat(list.lines().getFirst()).matches("ID +NAME +HINT +ROLE +CREATED +REVOKED");
    assertThat(list.lines().get(1)).matches("adm_\\w+ +finance +tat-\\.\\.\\..{4} +billing .* -");
    assertThat(say("admin-tokens", "list", "--json").out())
        .doesNotContain(secret)
        .doesNotContain(owner.path("token").asString());
    assertThat(say("admin-tokens", "revoke", "finance").out())
        .isEqualTo("The admin token 'finance' is void.\n");
    assertThat(say("admin-tokens", "list", "--json").json().get(0).path("revoked").isNull())
        .isFalse();
  }

  @Test
  void mistakesAreSentences() {
    say("admin-tokens", "create", "x", "--role", "king")
        .isRefused(1, "'king' is no role; write owner, billing or read-only.");
    assertThat(say("admin-tokens", "create", " ").err())
        .endsWith("A name has 1 to 100 characters on one line.\n");
    assertThat(say("admin-tokens", "revoke", "nobody").err())
        .endsWith("There is no admin token 'nobody'.\n");
    say("admin-tokens", "create", "twin");
    say("admin-tokens", "create", "twin");
    assertThat(say("admin-tokens", "revoke", "twin").err())
        .endsWith("'twin' fits 2 tokens; use an id.\n");
    say("audit", "--limit", "0").isRefused(1, "--limit is 0; it must be 1 to 10000.");
    say("audit", "--from", "soon")
        .isRefused(1, "--from: 'soon' is no day; write one as 2026-12-31, today or yesterday.");
  }

  @Test
  void theLogTellsWhoDidWhat() {
    say("orgs", "create", "acme", "--zone", "UTC");
    Map<String, String> ali = Map.of("HOME", "" + home, "PATH", "", "USER", "ali");
    String secret = Said.by(ali, "keys", "create", "--name", "k", "--project", "acme").out();
    Said.by(ali, "keys", "change", "k", "--rpm", "7");
    Said.by(ali, "balance", "grant", "acme", "0.5", "--note", "to try");

    JsonNode log = say("audit", "--json").json();
    assertThat(log.size()).isEqualTo(5);
    assertThat(log.toString()).doesNotContain(secret.strip());
    assertThat(log.at("/0/after/amount").asString()).isEqualTo("0.5");
    assertThat(log.at("/0/who").asString()).isEqualTo("command line (ali)");
    assertThat(log.at("/1/action").asString()).isEqualTo("changed");
    assertThat(log.at("/1/before/requests_per_minute").asInt()).isEqualTo(600);
    assertThat(log.at("/1/after/requests_per_minute").asInt()).isEqualTo(7);
    assertThat(log.at("/4/who").asString()).isEqualTo("command line");
    assertThat(say("audit", "--kind", "key", "--from", "today", "--to", "today").lines())
        .hasSize(3)
        .satisfies(
            lines -> {
              assertThat(lines.getFirst()).matches("ID +AT +WHO +ACTION +KIND +SUBJECT +CHANGE");
              assertThat(lines.get(1)).endsWith("requests_per_minute: 600 -> 7");
              assertThat(lines.get(2))
                  .contains("name: k; ")
                  .endsWith("requests_per_minute: 600; shows_cost: false");
            });
    assertThat(say("audit", "--who", "ali", "--json").json().size()).isEqualTo(3);
    assertThat(say("audit", "--to", "yesterday").lines()).hasSize(1);
  }
}
