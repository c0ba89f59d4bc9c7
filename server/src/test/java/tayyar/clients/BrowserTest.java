package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.Offer;
import tayyar.api.Bounds;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.routing.Fleet;
import tayyar.testing.Given;
import tayyar.testing.Program;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/** A page of another origin whose reader carries nothing over from one read to the next. */
@Tag("clients")
@Timeout(120)
final class BrowserTest {
  private static final String ARABIC = "النهر يحمل الضوء 🙂 وكلُّ شيءٍ يجري.";

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();
  private static @Nullable Program page;

  /** Not once before all: a class that is skipped as a whole is counted by nobody. */
  @BeforeEach
  void open() throws IOException {
    Given.CHROMIUM.path();
    Given.NODE_FOLDER.path();
    if (page == null) {
      page = Program.start("node", Given.clients().resolve("browser/naive.mjs").toString());
    }
  }

  @AfterAll
  static void close() throws IOException {
    if (page != null) {
      page.close();
    }
  }

  private static JsonNode read(String key, String text) throws IOException {
    return Objects.requireNonNull(page)
        .ask(Sdk.asked(GATEWAY.baseUrl(), key, TestGateway.MODEL, text, true));
  }

  @Test
  void readsArabic() throws IOException {
    JsonNode seen = read(GATEWAY.key(), "[[echo pace=5ms]] " + ARABIC);

    assertThat(seen.path("error").asString()).isEmpty();
    assertThat(seen.path("text").asString().strip()).isEqualTo(ARABIC);
    assertThat(seen.path("finished").asBoolean()).isTrue();
    assertThat(GATEWAY.row(seen.path("requestId").asString()).outcome()).isEqualTo("completed");
  }

  @Test
  void readsTokensAsTheyCome() throws IOException {
    JsonNode seen = read(GATEWAY.key(), "[[arabic tokens=100 pace=8ms]]");

    assertThat(seen.path("error").asString()).isEmpty();
    assertThat(seen.path("reads").asInt()).isGreaterThan(30);
    assertThat(seen.path("text").asString().strip().split(" ", -1)).hasSize(100);
  }

  /** No server keeps whole what a browser is more than 64 KB behind with: it cuts that itself. */
  @RepeatedTest(50)
  void readsAsFastAsItIsSent() throws IOException {
    JsonNode seen = read(GATEWAY.key(), "[[numbered tokens=300]]");

    assertThat(seen.path("error").asString()).isEmpty();
    assertThat(seen.path("text").asString()).endsWith(" 298 299 ");
    assertThat(seen.path("finished").asBoolean()).isTrue();
  }

  @Test
  void readsAThousandTokensASecond() throws IOException {
    JsonNode seen = read(GATEWAY.key(), "[[numbered tokens=1000 pace=1ms]]");

    assertThat(seen.path("error").asString()).isEmpty();
    assertThat(seen.path("text").asString()).endsWith(" 998 999 ");
    assertThat(seen.path("finished").asBoolean()).isTrue();
  }

  @Test
  void seesTheStatusOfAnError() throws IOException {
    JsonNode seen = read("sk-nobody", "hello");

    assertThat(seen.path("status").asInt()).isEqualTo(401);
    assertThat(seen.path("requestId").asString()).startsWith("req_");
    assertThat(GATEWAY.rows()).noneMatch(row -> row.keyId().isEmpty());
  }

  /** The playground, as a person uses it. */
  @Test
  void playground() throws Exception {
    String base = "http://127.0.0.1:" + GATEWAY.address().getPort() + "/";
    Path script = Given.clients().resolve("browser/playground.mjs");

    assertThat(run("node", script.toString(), base, GATEWAY.key())).contains("all checks passed");
  }

  /** The documentation, in both languages, on a phone and on a desk. */
  @Test
  void documentation() throws Exception {
    String base = "http://127.0.0.1:" + GATEWAY.address().getPort() + "/";
    Path script = Given.clients().resolve("browser/docs.mjs");

    assertThat(run("node", script.toString(), base, GATEWAY.key())).contains("all checks passed");
  }

  /** The playground before several models, of which some never answer. */
  @Test
  void firstHourWithThePlayground() throws Exception {
    Path script = Given.clients().resolve("browser/firsthour.mjs");
    try (TestFleet fleet =
        TestFleet.start(List.of("status=500", "tokens=8"), BrowserTest::offers)) {
      String base = "http://127.0.0.1:" + fleet.address().getPort() + "/";

      assertThat(run("node", script.toString(), base, fleet.key())).contains("all checks passed");
    }
  }

  private static List<Offer> offers(List<Target> all) {
    Fleet.Rules plain = TestFleet.rules(Bounds.DEFAULT);
    var falls =
        new Fleet.Rules(plain.policy(), List.of("second"), 100, plain.streams(), plain.bounds());
    Model vectors = new Model("vec", 1, "tests", null, null, List.of(), Model.VECTORS);
    return List.of(
        new Offer.Remote(vectors, List.of(new Fleet.Member(all.getFirst(), 1, 0)), plain, Map.of()),
        TestFleet.model("first", falls, all.subList(0, 1)),
        TestFleet.model("second", plain, all.subList(1, 2)),
        TestFleet.model("gone", plain, all.subList(0, 1)));
  }

  /** The playground's own parts, without a browser. */
  @Test
  void partsOfThePlayground() throws Exception {
    Path folder = Given.clients().resolve("browser");

    assertThat(run("node", "--test", folder + "/stream.test.mjs", folder + "/words.test.mjs"))
        .contains("fail 0");
  }

  /** Runs a program to its good end; gives what it printed. */
  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    try (Stream<String> lines = process.inputReader(UTF_8).lines()) {
      String printed = String.join("\n", lines.toList());
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(printed).isZero();
      return printed;
    } finally {
      process.destroyForcibly();
    }
  }
}
