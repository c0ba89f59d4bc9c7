package tayyar.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/dialects.md says of a chat's members is what the code does. */
final class DialectsPageTest {
  @Test
  void theMembersThatAreRefusedAreThose() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "dialects.md"));
    String row =
        page.lines().filter(line -> line.startsWith("| `n`, `logprobs`")).findFirst().orElseThrow();
    Set<String> told = new TreeSet<>();
    Matcher names = Pattern.compile("`([a-z_]+)`").matcher(row.split(" \\| ", -1)[0]);
    while (names.find()) {
      told.add(names.group(1));
    }
    assertThat(told).isEqualTo(new TreeSet<>(FromChat.REFUSED));
    assertThat(page).contains(" " + FromChat.MAX_TOKENS + " where neither is given");
  }
}
