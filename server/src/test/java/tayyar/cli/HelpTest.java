package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HelpTest {
  @TempDir private Path home;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "chat",
        "keys",
        "keys create",
        "keys list",
        "keys revoke",
        "orgs",
        "orgs list",
        "orgs create",
        "orgs change",
        "orgs suspend",
        "orgs resume",
        "orgs export",
        "orgs delete",
        "projects list",
        "projects create",
        "plans list",
        "plans set",
        "prices list",
        "prices set",
        "balance show",
        "balance top-up",
        "balance grant",
        "balance correct",
        "balance movements",
        "archive",
        "usage",
        "requests",
        "reconcile",
        "models",
        "pull",
        "worker",
        "train",
        "bench",
        "bench compare",
        "simulate",
        "check",
        "version"
      })
  void eachCommandShowsAnExample(String command) {
    for (String flag : List.of("--help", "-h")) {
      List<String> args = new ArrayList<>(List.of(command.split(" ", -1)));
      args.add(flag);
      Said said = Said.by(home, args.toArray(String[]::new)).isGood();

      assertThat(said.out())
          .contains("Usage: tayyar " + command, "Example: tayyar " + command.split(" ", -1)[0]);
      assertThat(said.lines()).allMatch(line -> line.length() <= 130);
    }
  }

  @Test
  void theRootNamesAllCommands() {
    Said said = Said.by(home, "--help").isGood();

    assertThat(said.out())
        .contains("Example: tayyar serve")
        .contains("serve", "chat", "keys", "models", "pull", "worker", "bench", "simulate", "check")
        .doesNotContain("train");
  }

  /** A list of commands shows the first line of each one's description. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "keys",
        "orgs",
        "projects",
        "plans",
        "limits",
        "prices",
        "balance",
        "admin-tokens"
      })
  void whatAListSaysOfACommandIsAWholeSentence(String group) {
    Said said = Said.by(home, (group + " --help").strip().split(" ", -1)).isGood();

    String list = said.out().replaceFirst("(?s).*\nCommands:\n", "").replaceFirst("(?s)\n\n.*", "");
    for (String command : list.split("\n(?=  [a-z])", -1)) {
      assertThat(command.strip()).endsWith(".");
    }
  }

  @Test
  void withoutACommandItShowsHelpAndFails() {
    for (String[] args : List.of(new String[0], new String[] {"keys"})) {
      Said said = Said.by(home, args);

      assertThat(said.status()).isEqualTo(2);
      assertThat(said.out()).isEmpty();
      assertThat(said.err()).contains("Usage: tayyar", "Example: tayyar");
    }
  }
}
