package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;

/** {@code serve} as a process, in front of a simulator. */
@Tag("socket")
@Timeout(60)
final class ServeCommandTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration NOTICED = Duration.ofSeconds(2);

  @TempDir private Path home;
  private Simulator simulator;
  private String config;

  @BeforeEach
  void start() throws IOException {
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    simulator = Simulator.start(anywhere, Script.of("tokens=3"));
    config = home.resolve("tayyar.yaml").toString();
    Files.writeString(
        Path.of(config),
        "models: [{ name: sim, targets: [{ url: \"%s/v1\" }] }]\n"
            .formatted(Greeting.base(simulator.address())));
  }

  @AfterEach
  void stop() {
    simulator.close();
    assertThat(simulator.failures()).isEmpty();
  }

  private Run serve() throws IOException {
    return serve("127.0.0.1:0", "127.0.0.1:0");
  }

  private Run serve(String listen, String admin) throws IOException {
    return Run.of(home, "serve", "--config", config, "--listen", listen, "--admin", admin);
  }

  private static InetSocketAddress at(String base) {
    URI uri = URI.create(base);
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  private static Response ask(String base, String key, String text) throws IOException {
    try (RawHttp client = RawHttp.to(at(base))) {
      return client
          .send(Requests.post(key, Requests.chat("sim", text, true).toString()))
          .response();
    }
  }

  private static void awaitStatus(String base, String key, int status) {
    Awaitility.await("status " + status)
        .pollInterval(Duration.ofMillis(20))
        .atMost(NOTICED)
        .until(() -> ask(base, key, "hi").status() == status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "epoll", "nio"})
  void relaysByEachTransport(String transport) throws IOException {
    String more = "transport: %s\n".formatted(transport);
    Files.writeString(Path.of(config), more, StandardOpenOption.APPEND);
    try (Run serve = serve()) {
      String base = serve.find("answers at (http://127\\.0\\.0\\.1:\\d+)");
      String key = serve.find("key +(sk-[0-9a-f]+) ");

      ask(base, key, "[[echo]] by " + transport).assertWhole(true, "by " + transport);
    }
  }

  @Test
  void saysAllThatIsNeededThenServesAndStops() throws IOException {
    try (Run serve = serve()) {
      String base = serve.find("answers at (http://127\\.0\\.0\\.1:\\d+)");
      assertThat(serve.find("models +(.*)")).isEqualTo("sim");
      String key = serve.find("key +(sk-[0-9a-f]+) +\\(shown this once\\)");
      assertThat(serve.find("playground +(.*)")).isEqualTo(base + "/#key=" + key);
      assertThat(serve.find("docs +(.*)")).isEqualTo(base + "/docs/streaming");
      String metrics = serve.find("metrics +(.*)");
      assertThat(metrics).isEqualTo(serve.find("admin +(.*)/admin/v1") + "/metrics");
      String token = serve.find("admin token (tat-[0-9a-f]{48}) +\\(shown this once\\)");
      assertThat(serve.find("(curl -N .*)"))
          .startsWith("curl -N " + base + "/v1/chat/completions -H 'Authorization: Bearer " + key);
      assertThat(serve.find("(export .*)"))
          .isEqualTo("export OPENAI_BASE_URL=" + base + "/v1 OPENAI_API_KEY=" + key);

      assertThat(ask(base, key, "hi").events().done()).isTrue();
      try (RawHttp client = RawHttp.to(at(metrics))) {
        assertThat(client.send(Requests.bare("GET", "/healthz")).response().status())
            .isEqualTo(200);
        String ask =
            "GET /admin/v1/admin-tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + token
                + "\r\n\r\n";
        assertThat(client.send(ask).response().text()).contains("\"role\":\"owner\"");
      }
      serve.signal("TERM");
      assertThat(serve.status()).isEqualTo(143);
      assertThat(serve.rest()).doesNotContain(key).doesNotContain(token);
      assertThat(serve.err()).isEmpty();
    }
  }

  @Test
  void keysCountWithoutARestart() throws IOException {
    try (Run serve = serve()) {
      String base = serve.find("answers at (http://127\\.0\\.0\\.1:\\d+)");
      Said made = Said.by(home, "keys", "create", "--name", "alice");
      String key = made.out().strip();
      awaitStatus(base, key, 200);

      try (RawHttp client = RawHttp.to(at(base))) {
        simulator.forget();
        client.send(
            Requests.post(key, Requests.chat("sim", "[[tokens=9 hold@2]]", true).toString()));
        ReceivedRequest received = simulator.next(SOON);
        assertThat(received.awaitHeld(SOON)).isEqualTo(2);
        Said.by(home, "keys", "revoke", "alice").beneathStore().isGood();
        awaitStatus(base, key, 401);
        assertThat(client.response().text()).contains("key_revoked");
        assertThat(received.awaitEnd(SOON).how()).isEqualTo(ReceivedRequest.How.PEER_LEFT);
      }
      Awaitility.await("the use of the key to be noted")
          .atMost(SOON)
          .until(() -> !used("alice").equals("-"));
    }
  }

  @Test
  void aChangedLimitCountsAtOnce() throws IOException {
    try (Run serve = serve()) {
      String base = serve.find("answers at (http://127\\.0\\.0\\.1:\\d+)");
      String key = Said.by(home, "keys", "create", "--name", "alice").out().strip();
      awaitStatus(base, key, 200);
      Said.by(home, "keys", "change", "alice", "--rpm", "1").beneathStore().isGood();
      awaitStatus(base, key, 429);
      Said.by(home, "keys", "change", "alice", "--rpm", "1000").beneathStore().isGood();
      awaitStatus(base, key, 200);
      Awaitility.await("the ledger's rows")
          .atMost(SOON)
          .until(() -> Said.by(home, "keys", "usage").out().contains("  alice  "));
    }
  }

  private String used(String name) {
    String line =
        Said.by(home, "keys", "list").lines().stream()
            .filter(each -> each.contains("  " + name + "  "))
            .findFirst()
            .orElse("");
    return line.replaceAll(".*Z {2}(\\S+).*Z$", "$1");
  }

  @Test
  void aChangedConfigurationIsTakenInWithoutARestart() throws IOException {
    String before = Files.readString(Path.of(config));
    try (Run serve = serve()) {
      String base = serve.find("answers at (http://127\\.0\\.0\\.1:\\d+)");
      String key = serve.find("key +(sk-[0-9a-f]+) ");
      InetSocketAddress admin = at(serve.find("metrics +(.*)"));

      Files.writeString(Path.of(config), before.replace("name: sim", "name: other"));
      assertThat(reload(admin).status()).isEqualTo(200);
      assertThat(ask(base, key, "hi").status()).isEqualTo(404);

      Files.writeString(Path.of(config), "models: [{ name: sim, targets: [{ url: nowhere }] }]");
      Response refused = reload(admin);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.error().path("code").asString()).isEqualTo("invalid_configuration");
      assertThat(refused.error().path("message").asString()).contains("line 1").contains("nowhere");
      assertThat(ask(base, key, "hi").status()).isEqualTo(404);

      Files.writeString(Path.of(config), before + "\nloops: 3\ndeadlines: { idle: 9s }\n");
      assertThat(reload(admin).text()).contains("restart", ": loops, deadlines.idle\n");

      Files.writeString(Path.of(config), before);
      assertThat(reload(admin).text()).isEqualTo("reloaded\n");
      assertThat(ask(base, key, "hi").events().done()).isTrue();
    }
  }

  @Test
  void modelsWithoutAPriceAreWarnedOfAtTheStartAndAtAReload() throws IOException {
    assertThat(Said.by(home, "orgs", "create", "acme", "--pays").status()).isZero();
    try (Run serve = serve()) {
      InetSocketAddress admin = at(serve.find("metrics +(.*)"));
      assertThat(reload(admin).text())
          .isEqualTo("reloaded\nWithout a price: sim. Organisations that pay get 503 no_price.\n");
      String[] price = {"prices", "set", "sim", "--input", "1", "--output", "1"};
      assertThat(Said.by(home, price).status()).isZero();
      assertThat(reload(admin).text()).isEqualTo("reloaded\n");
      serve.signal("TERM");
      assertThat(serve.status()).isEqualTo(143);
      assertThat(serve.err().lines().filter(line -> line.contains("models have no price")))
          .hasSize(2)
          .allMatch(line -> line.contains("\"models\":\"sim\""));
    }
  }

  private static Response reload(InetSocketAddress admin) throws IOException {
    try (RawHttp client = RawHttp.to(admin)) {
      String post = "POST /reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
      return client.send(post).response();
    }
  }

  @Test
  void aSecondStartShowsNoKey() throws IOException {
    Said.by(home, "keys", "create", "--name", "before");
    try (Run serve = serve()) {
      assertThat(serve.find("key +(.*)")).startsWith("one of yours");
      assertThat(serve.find("(curl -N .*)")).contains("\"Authorization: Bearer $OPENAI_API_KEY\"");
    }
  }

  @Test
  void aTakenPortIsASentence() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String at = "127.0.0.1:" + taken.getLocalPort();
      String why = "Nothing can listen on " + at + ": the port is taken, stop the program that has";
      String then = " it. Choose another: %s 127.0.0.1:0 takes a free port.\n";
      assertFails(why + then.formatted("--listen"), at, "127.0.0.1:0");
      assertFails(why + then.formatted("--admin"), "127.0.0.1:0", at);
    }
  }

  @Test
  void aHostThatIsNotOursIsASentence() throws IOException {
    String then = " Choose another: --listen 127.0.0.1:0 takes a free port.\n";
    assertFails(
        "Nothing can listen on 192.0.2.7:0: this machine has no such address." + then,
        "192.0.2.7:0",
        "127.0.0.1:0");
  }

  private void assertFails(String sentence, String listen, String admin) throws IOException {
    try (Run serve = serve(listen, admin)) {
      assertThat(serve.status()).isEqualTo(1);
      assertThat(serve.err()).isEqualTo(sentence);
      assertThat(serve.rest()).isEmpty();
    }
  }
}
