package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

final class ReportTest {
  private static final Run ONE = MadeUp.run(MadeUp.side("here", 10, 1, MadeUp.calm(12)));
  private static final Run TWO =
      MadeUp.run(
          MadeUp.side("a<b> & \"c\"", 10, 1, MadeUp.calm(12)),
          MadeUp.side("it's", 14, 2, MadeUp.calm(12)));

  @TempDir private Path folder;

  @Test
  void everyPictureIsWellFormedAndInsideItsFrame() throws Exception {
    String page = HtmlReport.of(TWO);
    Matcher pictures =
        Pattern.compile("<svg class=\"plot\".*?</svg>", Pattern.DOTALL).matcher(page);
    int count = 0;
    while (pictures.find()) {
      count++;
      var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      builder.parse(new InputSource(new StringReader(pictures.group())));
      Matcher numbers = Pattern.compile("[ML](-?[0-9.]+) (-?[0-9.]+)").matcher(pictures.group());
      while (numbers.find()) {
        assertThat(Double.parseDouble(numbers.group(1))).isBetween(0.0, 440.0);
        assertThat(Double.parseDouble(numbers.group(2))).isBetween(0.0, 250.0);
      }
    }
    assertThat(count).isEqualTo(7);
    assertThat(page).doesNotContain("NaN", "Infinity");
  }

  @Test
  void thePageNeedsNothingElse() {
    String page = HtmlReport.of(ONE).replaceAll("http://127.0.0.1:1/v1", "");

    for (String outside : List.of("http:", "https:", "src=\"", "href=", "@import")) {
      assertThat(page.contains(outside)).as(outside).isFalse();
    }
    assertThat(page.contains("viewport") && page.contains("light-dark(")).isTrue();
  }

  @Test
  void groupsTellWhatFailed() {
    assertThat(HtmlReport.of(TWO)).contains("<td>5 (http_503 no_target 5)");
    assertThat(Summary.of(TWO)).anyMatch(line -> line.contains("5 (http_503 no_target 5)"));
  }

  @Test
  void groupsHaveAllRatesAndTimes() {
    assertThat(HtmlReport.of(ONE))
        .contains("<th>requests/s</th>", "<th>goodput</th>", "<th>tpot p50</th>")
        .contains("<th>end to end p99</th>")
        .contains("<td>gpu &lt;1&gt;</td><td>2\u202f400</td><td>200</td><td>900</td><td>150</td>");
    assertThat(Summary.of(ONE))
        .anyMatch(line -> line.matches(" *by target +requests +requests/s +tokens/s +goodput.*"))
        .anyMatch(line -> line.matches(" *gpu <1> +2400 +200 +900 +150 +5 .*"))
        .anyMatch(line -> line.matches(" *ttft p50 +p99 +itl p50 +p99 +tpot p50 +p99 +e2e p50.*"));
  }

  @Test
  void eightEndpointsAreToldApart() throws IOException {
    Run.Side[] sides = new Run.Side[8];
    Arrays.setAll(sides, i -> MadeUp.side("e" + i, 10 + i, i, MadeUp.calm(6)));
    String page = HtmlReport.of(MadeUp.run(sides));
    Set<String> colours = new HashSet<>();
    Set<String> looks = new HashSet<>();
    for (int i = 0; i < 8; i++) {
      assertThat(page).contains("class=\"line s" + i + "\"", "class=\"key s" + i + "\"");
      Matcher rule = Pattern.compile("\\.s" + i + " \\{ --own: (\\S+);(.*) }").matcher(page);
      assertThat(rule.find()).isTrue();
      colours.add(rule.group(1));
      looks.add(rule.group(2));
    }
    assertThat(colours).hasSize(8);
    assertThat(looks).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void namesAreText() {
    String page = HtmlReport.of(TWO);

    assertThat(page).contains("a&lt;b&gt; &amp; &quot;c&quot;", "gpu &lt;1&gt;");
    assertThat(page).doesNotContain("a<b>", "gpu <1>");
  }

  @Test
  void aRunWithoutAnyAnswerHasAPageToo() {
    Run.Figures none =
        new Run.Figures(
            3,
            0,
            3,
            0,
            0,
            0,
            0,
            0,
            0,
            Latencies.NONE,
            Latencies.NONE,
            Latencies.NONE,
            Latencies.NONE,
            Latencies.NONE,
            Map.of("cut", 3L));
    Run.Side side = MadeUp.side("x", 1, 1, 1);
    Run.Side dead =
        new Run.Side(
            "x",
            side.url(),
            1,
            none,
            side.models(),
            side.sizes(),
            side.targets(),
            side.failures(),
            side.flaws(),
            List.of(),
            List.of(),
            List.of(),
            List.of());

    assertThat(HtmlReport.of(MadeUp.run(dead)))
        .contains("http_503 no_target")
        .doesNotContain("NaN");
    assertThat(Summary.of(MadeUp.run(dead))).contains("    http_503 no_target  5");
  }

  @Test
  void theSummarySaysWhatMatters() {
    assertThat(String.join("\n", Summary.of(ONE)))
        .contains("here", "time to first token", "2395 whole, 5 failed", "ttft=20ms")
        .contains("http_503 no_target", "no_done", "by prompt tokens", "gpu <1>")
        .doesNotContain("beside");
    assertThat(String.join("\n", Summary.of(TWO))).contains("it's beside a<b>", "worse");
  }

  @Test
  void aRunIsTheSameWrittenAndReadAgain() {
    Path file = folder.resolve("run.json");
    RunFile.write(TWO, file);

    assertThat(RunFile.read(file)).isEqualTo(TWO);
  }

  @Test
  void whatWasMeasuredInTwoRunsWasNotMeasuredInTurns() {
    Path file = folder.resolve("run.json");
    RunFile.write(TWO, file);
    TwoRuns apart = TwoRuns.of(file, file);

    assertThat(TWO.inTurns()).isTrue();
    assertThat(HtmlReport.of(TWO)).contains(", of parts taken in turns.");
    assertThat(apart.comparison().paired()).isFalse();
    assertThat(apart.differences()).isEmpty();
    assertThat(HtmlReport.of(apart)).doesNotContain("taken in turns", "What was not alike");
  }

  @Test
  void twoFilesOfOneEndpointAreTheirFilesNames() {
    Path before = folder.resolve("before.json");
    Path after = folder.resolve("after.json");
    RunFile.write(ONE, before);
    RunFile.write(ONE, after);

    TwoRuns both = TwoRuns.of(before, after);
    assertThat(both.first().sides().getFirst().name()).isEqualTo("before");
    assertThat(both.second().sides().getFirst().name()).isEqualTo("after");
  }

  @Test
  void thePageOfTwoFilesSaysWhenEachWasMadeAndWhatWasNotAlike() throws IOException {
    Path before = folder.resolve("before.json");
    Path after = folder.resolve("after.json");
    RunFile.write(ONE, before);
    String other =
        Files.readString(before)
            .replace("2026-01-01", "2026-02-02")
            .replace("ttft=20ms", "ttft=90ms")
            .replace("\"threads\":1", "\"threads\":2");
    Files.writeString(after, other);
    TwoRuns both = TwoRuns.of(before, after);

    assertThat(both.differences())
        .containsExactly(
            new TwoRuns.Difference("objective", "ttft=20ms", "ttft=90ms"),
            new TwoRuns.Difference("threads", "1", "2"));
    assertThat(HtmlReport.of(both))
        .contains("before, 2026-01-01T00:00:00Z: 8 users", "after, 2026-02-02T00:00:00Z: 8 users")
        .contains("What was not alike", "<td>objective</td><td>ttft=20ms</td><td>ttft=90ms</td>")
        .contains("<small>ttft=20ms</small>", "<small>ttft=90ms</small>")
        .contains("<td>event loops</td><td>1, EPOLL</td><td>2, EPOLL</td>")
        .doesNotContain("class=\"bound\"");
  }

  @Test
  void whatIsNoResultIsRefused() throws IOException {
    Path file = folder.resolve("other.json");
    for (String text : List.of("", "[]", "{}", "{\"format\":\"other/1\"}", "null")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> RunFile.read(file)).isInstanceOf(PlanException.class);
    }
    assertThatThrownBy(() -> RunFile.read(folder.resolve("none")))
        .isInstanceOf(PlanException.class);
  }
}
