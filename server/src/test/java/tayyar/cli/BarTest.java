package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BarTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Bar bar(boolean people) {
    var quiet = new PrintStream(PrintStream.nullOutputStream(), true, UTF_8);
    var shown = new PrintStream(err, true, UTF_8);
    return new Bar(new Console(InputStream.nullInputStream(), quiet, shown, Map.of(), people));
  }

  @Test
  void theLineShowsHowFarItIs() {
    assertThat(Bar.line("it", 0, 98_000_000))
        .isEqualTo("it  [" + " ".repeat(30) + "]   0 %  0.0 MB of 98.0 MB");
    assertThat(Bar.line("it", 49_000_000, 98_000_000))
        .isEqualTo("it  [" + "=".repeat(15) + " ".repeat(15) + "]  50 %  49.0 MB of 98.0 MB");
    assertThat(Bar.line("it", 98_000_000, 98_000_000))
        .isEqualTo("it  [" + "=".repeat(30) + "] 100 %  98.0 MB of 98.0 MB");
    assertThat(Bar.line("it", 400_000_000_000L, 400_000_000_000L)).contains("100 %");
    assertThat(Bar.line("it", 1_500_000, -1)).isEqualTo("it  1.5 MB");
    assertThat(Bar.line("it", 0, 0)).isEqualTo("it  0.0 MB");
  }

  @Test
  void peopleSeeOneLineThatMoves() {
    Bar bar = bar(true);
    bar.at("it", 1_000_000, 2_000_000);
    bar.at("it", 2_000_000, 2_000_000);
    bar.done("it");

    assertThat(err.toString(UTF_8))
        .containsOnlyOnce("\n")
        .contains("\r" + Bar.line("it", 2_000_000, 2_000_000) + "\u001b[K")
        .endsWith("\rFetched it.\u001b[K\n");
  }

  @Test
  void logsSeeALineAtEachEnd() {
    Bar bar = bar(false);
    bar.at("one", 1_000_000, 2_000_000);
    bar.at("one", 2_000_000, 2_000_000);
    bar.done("one");
    bar.at("two", 5, -1);
    bar.done("two");

    assertThat(err.toString(UTF_8))
        .isEqualTo("Fetching one (2.0 MB) ...\nFetched one.\nFetching two ...\nFetched two.\n");
  }
}
