package tayyar.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tayyar.api.ApiError;
import tayyar.api.Outcome;
import tayyar.testing.Endings;
import tayyar.testing.Logged;

/** The operators' page names what is really there, all of it and no more. */
final class OperationsPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("tayyar.basedir", "."), "docs", "operations.md");

  @Test
  void namesEachMetric() throws IOException {
    Telemetry telemetry = new Telemetry();
    for (Gauge gauge : Gauge.values()) {
      telemetry.gauge(gauge, () -> 1);
    }
    for (Count count : Count.values()) {
      telemetry.count(count, () -> 1);
    }
    telemetry.targets(() -> List.of(new TargetNow("m", "t", false, 1)));
    telemetry.engines(() -> List.of(new EngineNow("m", true, 1, 1, 1, 1)));
    telemetry.ended(Endings.completed("req_1", "key_a", "m"));

    Set<String> exported = all("(?m)^# TYPE (\\S+) ", telemetry.scrape());
    // Micrometer shows each histogram's largest value of the last minutes; said in one sentence.
    exported.removeIf(name -> name.endsWith("_max"));
    assertThat(all("(?m)^\\| `(\\w+)` ", section("Metrics"))).isEqualTo(exported);
  }

  @Test
  void namesEachFieldOfARequestsLine() throws IOException {
    Set<String> fields = new TreeSet<>(Set.of("time", "level", "logger", "message", "exception"));
    try (Logged log = Logged.of(AccessLog.class)) {
      AccessLog lines = new AccessLog();
      lines.ended(Endings.secondTry("req_1"));
      lines.ended(
          Endings.refused("req_2", "m", new Outcome.Failed(new ApiError.InvalidApiKey(true)), 401));
      lines.close();
      log.events().stream()
          .flatMap(event -> event.getKeyValuePairs().stream())
          .map((KeyValuePair pair) -> pair.key)
          .forEach(fields::add);
    }
    assertThat(all("(?m)^\\| `(\\w+)` ", section("Logs"))).isEqualTo(fields);
  }

  private static String section(String title) throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf("\n## " + title + "\n");
    assertThat(from).as("section " + title).isNotNegative();
    int to = page.indexOf("\n## ", from + 1);
    return to < 0 ? page.substring(from) : page.substring(from, to);
  }

  private static Set<String> all(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
