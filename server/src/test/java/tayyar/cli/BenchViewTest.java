package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tayyar.bench.BenchProgress;

class BenchViewTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private BenchView view(boolean people) {
    var shown = new PrintStream(bytes, true, UTF_8);
    return new BenchView(
        new Console(InputStream.nullInputStream(), shown, shown, Map.of(), people));
  }

  private static BenchProgress.Now now(double seconds, long completed, long events) {
    List<Double> recent = List.of(12.3, 45.0, 1.5, 0.0);
    return new BenchProgress.Now(
        "measuring", seconds / 20, seconds, 7, completed, 2, events, recent);
  }

  private String shown() {
    return bytes.toString(UTF_8);
  }

  @Test
  void elsewhereThanOnATerminalALineComesEveryFiveSeconds() {
    BenchView view = view(false);
    view.at(now(1, 10, 100));
    assertThat(shown()).isEmpty();
    view.at(now(5, 50, 500));
    view.at(now(6, 60, 600));
    view.at(now(10, 150, 1_500));
    view.end();

    assertThat(shown().lines())
        .containsExactly(
            " 25 %  measuring  7 under way  10 requests/s  100 events/s  ttft 12ms 45ms"
                + "  itl 1.50ms -  2 failed",
            " 50 %  measuring  7 under way  20 requests/s  200 events/s  ttft 12ms 45ms"
                + "  itl 1.50ms -  2 failed");
  }

  @Test
  void aTerminalSeesTheSameLinesDrawnOverAndTakenAway() {
    BenchView view = view(true);
    view.at(now(1, 10, 100));
    String first = shown();
    assertThat(first.lines()).hasSize(4);
    assertThat(first).contains("measuring", "   5 %", "10 whole, 2 failed", "12ms 45ms");

    view.at(now(2, 30, 300));
    assertThat(shown().substring(first.length()))
        .startsWith("\u001b[4A")
        .contains("20 requests/s", "200 events/s", "30 whole");

    view.end();
    assertThat(shown()).endsWith("\u001b[4A\u001b[J");
  }

  @Test
  void aNarrowTerminalHasNoLeftovers() {
    BenchView view = view(true);
    view.at(now(1, 10, 100));
    List<String> first = Screen.of(60, shown());
    assertThat(first).hasSize(4).allMatch(row -> row.length() <= 60);
    assertThat(first.getLast()).startsWith("  first token 12ms 45ms");

    view.at(now(2, 30, 300));
    assertThat(Screen.of(60, shown())).hasSize(4).element(2).asString().contains("20 requests/s");

    view.end();
    assertThat(Screen.of(60, shown())).isEmpty();
  }

  @Test
  void whatWasNeverDrawnIsNotTakenAway() {
    view(true).end();
    assertThat(shown()).isEmpty();
  }
}
