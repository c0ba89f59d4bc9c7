package tayyar.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/dialects.md tells each name of what is stored in an operator's account. */
final class AccountFilesPageTest {
  @Test
  void theNamesAreThose() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "dialects.md"));
    int from = page.indexOf("## Files of the operator's account");
    String section = page.substring(from, page.indexOf("\n## ", from + 1));
    assertThat(AccountFiles.NAMES)
        .allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
  }
}
