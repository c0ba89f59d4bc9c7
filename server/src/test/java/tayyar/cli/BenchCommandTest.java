package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("socket")
@Timeout(60)
final class BenchCommandTest {
  @TempDir private Path home;
  private Simulator simulator;

  @BeforeEach
  void start() throws IOException {
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    simulator = Simulator.start(anywhere, Script.of("tokens=8"));
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  private String url() {
    return Greeting.base(simulator.address()) + "/v1";
  }

  private Said bench(String... more) {
    List<String> all = new ArrayList<>(List.of("bench", "--url", url(), "--warm-up", "0"));
    all.addAll(Arrays.asList(more));
    return Said.by(home, all.toArray(String[]::new));
  }

  @Test
  void saysWritesAndCompares() {
    Path json = home.resolve("a.json");
    Path html = home.resolve("a.html");
    Said said =
        bench("--requests", "30", "--numbered", "--json", json.toString(), "--html", html + "");

    assertThat(said.status()).isZero();
    assertThat(said.out())
        .contains("30 whole, none failed", "time to first token", "between tokens", "end to end")
        .contains("us of CPU an event")
        .doesNotContain("flaws");
    assertThat(said.err()).contains("a.html");
    assertThat(html).content().startsWith("<!doctype html>").endsWith("</html>\n");

    Said same = Said.by(home, "bench", "compare", json.toString(), json.toString()).isGood();
    assertThat(same.out()).contains("a beside a", "1.000");
    Said asJson =
        Said.by(home, "bench", "compare", "--json", json.toString(), json.toString()).isGood();
    assertThat(asJson.json().path("ratios").path(0).path("ratio").asDouble()).isEqualTo(1);
  }

  @Test
  void saysWhereTwoRunsWereNotAlike() {
    Path one = home.resolve("one.json");
    Path two = home.resolve("two.json");
    bench("--requests", "5", "--json", one.toString());
    bench("--requests", "6", "--seed", "2", "--script", "tokens=3", "--json", two.toString());
    Said said = Said.by(home, "bench", "compare", one.toString(), two.toString());

    assertThat(said.status()).isZero();
    assertThat(said.err())
        .isEqualTo("The two runs were not set up alike: script, requests, seed.\n");
    assertThat(said.out()).contains("two beside one");
  }

  @Test
  void timesMayHaveDecimals() {
    Path json = home.resolve("a.json");
    bench("--duration", "0.25s", "--ramp", "0.5ms", "--json", json.toString()).isGood();

    JsonNode setup = JsonMapper.shared().readTree(json.toFile()).path("setup");
    assertThat(setup.path("durationSeconds").asDouble()).isEqualTo(0.25);
  }

  @Test
  void namesOfFieldsAreKeptAndTheirValuesAreNot() {
    Path json = home.resolve("a.json");
    bench("--requests", "2", "--header", "X-Tenant: secret", "--json", json.toString());

    assertThat(json).content().contains("\"headers\":[\"x-tenant\"]").doesNotContain("secret");
  }

  @Test
  void asksTheEndpointForItsModel() {
    assertThat(bench("--requests", "2").out()).contains("2 whole");
    assertThat(simulator.requests()).isEqualTo(3);
  }

  @Test
  void anEndpointThatAnswersNothingWholeIsAFailure() {
    Said said = bench("--requests", "3", "--script", "status=500");

    assertThat(said.status()).isEqualTo(1);
    assertThat(said.out()).contains("0 whole, 3 failed (100 %)", "http_500 simulated  3");
  }

  @Test
  void mistakesAreSentences() {
    bench("--rate", "5", "--concurrency", "3").isRefused(1, "Say either --concurrency or --rate.");
    bench("--no-stream", "--objective", "ttft=1s")
        .isRefused(
            1,
            "Answers that are not streamed have no times between tokens; their objective is e2e"
                + " alone.");
    bench("--duration", "soon").isRefused(1, "'soon' is no time; write 500ms, 30s, 5m or 1h.");
    bench("--duration", "999999999.5h").isRefused(1, "--duration is at most 7 days.");
    bench("--duration", "1s", "--requests", "2")
        .isRefused(1, "Say either --duration or --requests.");
    bench("--url", url(), "--requests", "2")
        .isRefused(1, "Two endpoints have the same name; write --url NAME=URL.");
    bench("--extra", "{\"n\":2}", "--model", "m")
        .isRefused(
            1, "A stream is measured as one answer; leave 'n' out of --extra or say --no-stream.");
    bench("--target-header", "X Target", "--model", "m")
        .isRefused(1, "--target-header is no name of a field.");
    bench("--header", "Host: a.example")
        .isRefused(
            1,
            "Name the model by --model; the endpoint can't be asked for it with the field 'Host'.");
    bench("--extra", "{\"a\"").isRefused(1, "--extra is no JSON object.");
    bench("--model", "m", "--prompts", "none.txt")
        .isRefused(1, "The file 'none.txt' can't be read: none.txt.");
    Said.by(home, "bench", "compare", "x.json", "y.json")
        .isRefused(1, "The file 'x.json' can't be read: x.json.");
  }

  @Test
  void nobodyThereIsASentence() throws IOException {
    try (var held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String url = "http://127.0.0.1:" + held.getLocalPort() + "/v1";

      Said.by(home, "bench", "--url", url).isRefused(1, "Nothing answers at " + url + ".");
    }
  }
}
