package tayyar.gemini;

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
final class GeminiPageTest {
  private static String page() throws IOException {
    return Files.readString(Path.of("..", "docs", "dialects.md"));
  }

  private static Set<String> names(String begin) throws IOException {
    String row = page().lines().filter(line -> line.startsWith(begin)).findFirst().orElseThrow();
    Set<String> told = new TreeSet<>();
    Matcher names = Pattern.compile("`([a-z_]+)`").matcher(row.split(" \\| ", -1)[0]);
    while (names.find()) {
      told.add(names.group(1));
    }
    return told;
  }

  @Test
  void theMembersThatAreRefusedAreThose() throws IOException {
    assertThat(names("| `logit_bias`")).isEqualTo(new TreeSet<>(FromChat.REFUSED));
    assertThat(page())
        .contains("more than " + FromChat.STOPS_MAX + " are 400")
        .contains("more than " + FromChat.ANSWERS_MAX + " are 400");
  }

  @Test
  void theNumbersThatAreToldAreThose() throws IOException {
    assertThat(names("| `temperature`, `top_p`, `top_k`, `presence_penalty`"))
        .isEqualTo(new TreeSet<>(FromChat.NUMBERS.keySet()));
  }
}
