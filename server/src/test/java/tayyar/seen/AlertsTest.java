package tayyar.seen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tayyar.testing.Given;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Prometheus itself reads the alert rules and says when each fires and when not. */
@Tag("socket")
@Timeout(60)
final class AlertsTest {
  private static final Path ROOT = Path.of(System.getProperty("tayyar.basedir", "."));
  private static final Path RULES = ROOT.resolve("deploy/alerts.yaml");
  private static final Path CASES = ROOT.resolve("deploy/alerts.test.yaml");

  /** A line of the table of errors whose status is 5xx. */
  private static final Pattern OURS = Pattern.compile("(?m)^\\| 5\\d\\d \\| `\\w+` \\| `(\\w+)`");

  @Test
  void prometheusReadsTheRules() throws Exception {
    promtool("check", "rules", RULES.toString());
  }

  @Test
  void eachFiresWhenItShouldAndNotOtherwise() throws Exception {
    promtool("test", "rules", CASES.toString());
  }

  @Test
  void eachHasACaseThatFiresAndOneThatDoesNot() {
    Set<String> fires = new TreeSet<>();
    Set<String> keepsQuiet = new TreeSet<>();
    for (JsonNode one : read(CASES).findValues("alert_rule_test")) {
      for (JsonNode moment : one) {
        Set<String> which = moment.path("exp_alerts").isEmpty() ? keepsQuiet : fires;
        which.add(moment.path("alertname").asString());
      }
    }
    List<String> rules =
        read(RULES).findValues("alert").stream().map(JsonNode::asString).sorted().toList();
    assertThat(fires).containsExactlyElementsOf(rules);
    assertThat(keepsQuiet).containsExactlyElementsOf(rules);
  }

  /** All that is not a client's doing, as an unknown method is; a server that drains means to. */
  @Test
  void everyErrorOfOursIsAFailedRequest() throws Exception {
    Set<String> ours =
        OURS.matcher(Files.readString(ROOT.resolve("docs/errors.md")))
            .results()
            .map(found -> found.group(1))
            .filter(code -> !Set.of("draining", "method_unknown").contains(code))
            .collect(Collectors.toSet());
    assertThat(ours).hasSizeGreaterThan(4);
    MatchResult counted =
        Pattern.compile("error_type=~\"([^\"]*upstream_failed[^\"]*)\"")
            .matcher(Files.readString(RULES))
            .results()
            .findFirst()
            .orElseThrow();
    assertThat(counted.group(1).split("\\|")).containsAll(ours);
  }

  private static JsonNode read(Path yaml) {
    return new YAMLMapper().readTree(yaml.toFile());
  }

  private static void promtool(String... args) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(Given.program("promtool").toString());
    builder.command().addAll(List.of(args));
    Process promtool = builder.redirectErrorStream(true).start();
    String said = new String(promtool.getInputStream().readAllBytes(), UTF_8);
    assertThat(promtool.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(promtool.exitValue()).as(said).isZero();
  }
}
