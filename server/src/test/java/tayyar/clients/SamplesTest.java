package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.testing.Events;
import tayyar.testing.Given;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Samples;
import tayyar.testing.TestFleet;

/** The guide's samples, run as the page shows them. */
@Tag("clients")
@Timeout(120)
final class SamplesTest {
  private static final String WORDS = "numbered tokens=5";
  private static final String TEXT = "0 1 2 3 4 ";

  @TempDir Path folder;

  private Samples samples(TestFleet fleet) {
    return new Samples(fleet.address(), fleet.key(), folder);
  }

  private Map<String, String> samples(TestFleet fleet, String language) throws IOException {
    return samples(fleet).of(language);
  }

  private Path saved(TestFleet fleet, String name) throws IOException {
    return samples(fleet).saved(name);
  }

  private String run(TestFleet fleet, String name) throws Exception {
    return samples(fleet).run(name);
  }

  @Test
  void eachSampleIsRunHere() throws IOException {
    try (TestFleet fleet = TestFleet.pair(WORDS)) {
      assertThat(samples(fleet, "ar")).isEqualTo(samples(fleet, "en"));
      assertThat(samples(fleet, "en"))
          .containsOnlyKeys(
              "key.sh",
              "curl.sh",
              "chat.py",
              "chat.mjs",
              "page.html",
              "usage.py",
              "errors.py",
              "cancel.mjs",
              "again.py",
              "nginx.conf",
              "caddyfile",
              "responses.sh",
              "responses.py",
              "messages.sh",
              "messages.py");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat.py | 0 1 2 3 4 ",
        "chat.mjs | 0 1 2 3 4 ",
        "errors.py | Whole: 0 1 2 3 4 ",
        "again.py | 0 1 2 3 4 ",
        "responses.py | 0 1 2 3 4 ;completed",
        "messages.py | 0 1 2 3 4 ;end_turn",
        "page.html | whole: 0 1 2 3 4 "
      })
  void answers(String name, String out) throws Exception {
    try (TestFleet fleet = TestFleet.pair(WORDS)) {
      String said = run(fleet, name);
      assertThat(said.strip().replaceAll(" *\n", ";"))
          .isEqualTo(out.strip().replaceAll(" *;", ";"));
    }
  }

  @Test
  void curlShowsEvents() throws Exception {
    try (TestFleet fleet = TestFleet.pair(WORDS)) {
      assertThat(samples(fleet, "en").get("key.sh")).isEqualTo("export OPENAI_API_KEY=sk-...");
      Events events = Events.of(run(fleet, "curl.sh"));
      assertThat(events.content()).isEqualTo(TEXT);
      assertThat(events.done()).isTrue();
      assertThat(run(fleet, "responses.sh"))
          .contains("event: response.output_text.delta", "event: response.completed", "[DONE]");
      assertThat(run(fleet, "messages.sh"))
          .contains("event: content_block_delta", "event: message_stop");
    }
  }

  @Test
  void usageIsShown() throws Exception {
    try (TestFleet fleet = TestFleet.pair(WORDS)) {
      assertThat(run(fleet, "usage.py")).matches("(?s)0 1 2 3 4 \n[0-9]+ \\+ 5 tokens\n");
    }
  }

  @Test
  void aStreamThatBreaksOffIsNoticed() throws Exception {
    try (TestFleet fleet = TestFleet.pair(WORDS + " cut@3")) {
      assertThat(run(fleet, "errors.py"))
          .isEqualTo("Broken off: upstream_failed behind '0 1 2 '\n");
      assertThat(run(fleet, "page.html")).startsWith("Error: 0 1 2  [");
      assertThat(run(fleet, "again.py").split("Once more: upstream_failed\n", -1)).hasSize(4);
    }
  }

  @Test
  void aRefusalIsNoticed() throws Exception {
    try (TestFleet fleet = TestFleet.pair("status=400")) {
      assertThat(run(fleet, "errors.py")).matches("Refused: 400 \\S+ req_\\w+\n");
    }
  }

  @Test
  void leavingTheLoopStopsTheAnswer() throws Exception {
    try (TestFleet fleet = TestFleet.pair("numbered tokens=9 hold@3")) {
      assertThat(run(fleet, "cancel.mjs")).isEqualTo("Enough: 0 1 2 \n");
      LedgerRow row = fleet.rowOfWhoLeft();
      assertThat(row.outcome()).isEqualTo("client_gone");
      assertThat(row.completionTokens()).isEqualTo(3);
    }
  }

  @Test
  void nginxPassesEventsOnAtOnce() throws Exception {
    String nginx = Given.program("nginx").toString();
    try (TestFleet fleet = TestFleet.pair(WORDS + " hold@3")) {
      Path location = saved(fleet, "nginx.conf");
      int port = freePort();
      Path whole = folder.resolve("whole.conf");
      Files.writeString(
          whole,
          """
          daemon off; master_process off; pid %1$s/pid; error_log %1$s/log;
          events {}
          http { access_log off; client_body_temp_path %1$s/b; proxy_temp_path %1$s/p;
            fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
            server { listen 127.0.0.1:%2$d; include %3$s; } }
          """
              .formatted(folder, port, location));
      passesOn(fleet, port, nginx, "-p", folder.toString(), "-c", whole.toString());
    }
  }

  @Test
  void caddyPassesEventsOnAtOnce() throws Exception {
    Given.program("caddy");
    try (TestFleet fleet = TestFleet.pair(WORDS + " hold@3")) {
      String sample = Files.readString(saved(fleet, "caddyfile"));
      int port = freePort();
      Path whole = folder.resolve("whole");
      String here = "http://:" + port;
      Files.writeString(whole, "{\n  admin off\n}\n" + sample.replace("api.example.com", here));
      passesOn(fleet, port, "caddy", "run", "--adapter", "caddyfile", "--config", whole.toString());
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Each event is at the client before the upstream is let on to the next. */
  private void passesOn(TestFleet fleet, int port, String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile());
    builder.environment().put("HOME", folder.toString());
    Process proxy = builder.start();
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      Awaitility.await("the proxy").ignoreExceptions().until(() -> answers(address));
      String body = Requests.chat(TestFleet.MODEL, "x", true).toString();
      try (RawHttp client = RawHttp.to(address)) {
        client.send(Requests.post(fleet.key(), body));
        assertThat(client.head().status()).isEqualTo(200);
        String seen = "";
        while (!seen.contains("\"content\":\"2 \"")) {
          seen += client.chunk().text();
        }
      }
      fleet.rowOfWhoLeft();
    } finally {
      proxy.destroy();
      proxy.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static boolean answers(InetSocketAddress address) throws IOException {
    try (RawHttp client = RawHttp.to(address)) {
      Response response = client.send(Requests.bare("GET", "/health")).response();
      return response.status() == 200;
    }
  }
}
