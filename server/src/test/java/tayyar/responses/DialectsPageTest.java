package tayyar.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/dialects.md says of what a response can't be asked. */
final class DialectsPageTest {
  @Test
  void theMembersThatAreRefusedAreThose() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "dialects.md"));
    String row =
        page.lines().filter(line -> line.startsWith("| `n`, `stop`")).findFirst().orElseThrow();
    Set<String> told = new TreeSet<>();
    Matcher names = Pattern.compile("`([a-z_]+)`").matcher(row.split(" \\| ", -1)[0]);
    while (names.find()) {
      told.add(names.group(1));
    }
    assertThat(told).isEqualTo(new TreeSet<>(FromChat.REFUSED));
  }
}
