package tayyar.seen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.telemetry.EngineNow;
import tayyar.telemetry.Gauge;
import tayyar.telemetry.Telemetry;
import tayyar.testing.Requests;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Dashboard and alarms name what a gateway that served streams and met faults really exports. */
@Tag("socket")
class DeployTest {
  private static final Path DEPLOY = Path.of(System.getProperty("tayyar.basedir", "."), "deploy");

  /** A metric's name, and behind it perhaps its labels. */
  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:tayyar|gen_ai)_\\w+)\\b(?:\\{([^}]*)\\})?");

  /** Labels that Prometheus gives to each series. */
  private static final Set<String> SCRAPER = Set.of("job", "instance");

  private static final Pattern MATCHED = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
  private static final Pattern GROUPED = Pattern.compile("\\bby \\(([^)]*)\\)");

  @Test
  void everyNameAndLabelIsExported() throws Exception {
    try (var fleet = TestFleet.pair("status=500", "")) {
      for (int i = 0; i < 4; i++) {
        assertThat(fleet.stream("[[tokens=5]]").status()).isEqualTo(200);
      }
      assertThat(fleet.chat(Requests.chat("unheard", "hi", true)).status()).isEqualTo(404);
      Scrape scrape = Scrape.of(fleet.admin(), "text/plain").and(ofAnEngine() + configured());
      List<String> expressions = expressions();
      assertThat(expressions).hasSizeGreaterThan(25);
      for (String expression : expressions) {
        check(expression, scrape);
      }
      assertThat(scrape.text()).doesNotContain("unheard");
    }
  }

  private static String configured() {
    var telemetry = new Telemetry();
    telemetry.gauge(Gauge.CERTIFICATE_END, () -> 1);
    telemetry.gauge(Gauge.CERTIFICATE_REFUSED, () -> 1);
    telemetry.gauge(Gauge.LIMITS_AWAY, () -> 1);
    return telemetry.scrape();
  }

  private static String ofAnEngine() {
    var telemetry = new Telemetry();
    telemetry.engines(() -> List.of(new EngineNow("m", true, 1, 1, 1, 1)));
    return telemetry.scrape();
  }

  @Test
  void bucketsNameATraceWhereTheScraperAsksForIt() throws Exception {
    try (var fleet = TestFleet.pair("", "")) {
      String id = "4bf92f3577b34da6a3ce929d0e0e4736";
      String field = "traceparent: 00-" + id + "-00f067aa0ba902b7-01\r\n";
      String body = Requests.chat(TestFleet.MODEL, "[[tokens=5]]", true).toString();
      assertThat(fleet.send(Requests.post(fleet.key(), body, field)).status()).isEqualTo(200);
      String accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
      String exemplar = "gen_ai_server_time_to_first_token_seconds_bucket\\{.*\\} .* # \\{.*" + id;
      await()
          .untilAsserted(
              () ->
                  assertThat(Scrape.of(fleet.admin(), accept).text())
                      .endsWith("# EOF\n")
                      .containsPattern(exemplar));
    }
  }

  private static void check(String expression, Scrape scrape) {
    Set<String> known = new TreeSet<>();
    Matcher selector = SELECTOR.matcher(withoutGroups(expression));
    while (selector.find()) {
      String name = selector.group(1);
      if (isLabel(name, scrape)) {
        continue;
      }
      assertThat(scrape.labels()).as(expression).containsKey(name);
      Set<String> labels = scrape.labels().getOrDefault(name, Set.of());
      known.addAll(labels);
      Matcher matched = MATCHED.matcher(selector.group(2) == null ? "" : selector.group(2));
      while (matched.find()) {
        assertThat(labels).as(expression).contains(matched.group(1));
      }
    }
    assertThat(known.isEmpty() && expression.contains("{")).as(expression).isFalse();
    Matcher grouped = GROUPED.matcher(expression);
    while (grouped.find()) {
      known.addAll(SCRAPER);
      assertThat(known).as(expression).contains(grouped.group(1).split(",\\s*"));
    }
  }

  private static String withoutGroups(String expression) {
    return GROUPED.matcher(expression).replaceAll("");
  }

  /** The conventions' labels begin like their metrics. */
  private static boolean isLabel(String name, Scrape scrape) {
    return scrape.labels().values().stream().anyMatch(labels -> labels.contains(name));
  }

  private static List<String> expressions() throws IOException {
    List<String> all = new ArrayList<>();
    JsonNode board = JsonMapper.shared().readTree(DEPLOY.resolve("grafana.json").toFile());
    board.findValues("expr").forEach(expression -> all.add(expression.asString()));
    String alerts = Files.readString(DEPLOY.resolve("alerts.yaml"));
    new YAMLMapper()
        .readTree(alerts)
        .findValues("expr")
        .forEach(expression -> all.add(expression.asString()));
    return all;
  }
}
