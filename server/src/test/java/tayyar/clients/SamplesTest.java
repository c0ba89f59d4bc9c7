package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
import tayyar.testing.TestFleet;

/** The guide's samples, run as the page shows them. */
@Tag("clients")
@Timeout(120)
final class SamplesTest {
  private static final Pattern SAMPLE =
      Pattern.compile("data-sample=\"([^\"]+)\"><code>([^<]*)</code>");
  private static final String WORDS = "numbered tokens=5";
  private static final String TEXT = "0 1 2 3 4 ";

  @TempDir Path folder;

  private static Map<String, String> samples(TestFleet fleet, String language) throws IOException {
    String host = "127.0.0.1:" + fleet.address().getPort();
    String page =
        fleet
            .send("GET /docs/streaming/%s HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(language, host))
            .text();
    Map<String, String> all = new LinkedHashMap<>();
    Matcher matcher = SAMPLE.matcher(page);
    while (matcher.find()) {
      all.put(matcher.group(1), plain(matcher.group(2)));
    }
    return all;
  }

  private static String plain(String html) {
    return html.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  private record Ran(int status, String out) {}

  private Path saved(TestFleet fleet, String name) throws IOException {
    Map<String, String> samples = samples(fleet, "en");
    assertThat(samples).containsKey(name);
    return Files.writeString(folder.resolve(name), samples.get(name) + "\n");
  }

  private Ran run(TestFleet fleet, String name) throws Exception {
    Path file = saved(fleet, name);
    List<String> command =
        new ArrayList<>(
            switch (name.substring(name.lastIndexOf('.') + 1)) {
              case "sh" -> List.of("bash");
              case "py" -> List.of(Given.PYTHON.path().toString());
              case "mjs" -> List.of(node());
              case "html" ->
                  List.of(node(), Given.clients().resolve("browser/sample.mjs").toString());
              default -> throw new IllegalArgumentException(name);
            });
    if (name.endsWith(".html")) {
      Given.CHROMIUM.path();
    }
    command.add(file.toString());
    return run(fleet, command);
  }

  /** Node finds packages beside the program. */
  private String node() throws IOException {
    Path packages = folder.resolve("node_modules");
    if (!Files.exists(packages)) {
      Files.createSymbolicLink(packages, Given.NODE_FOLDER.path().resolve("node_modules"));
    }
    return "node";
  }

  private Ran run(TestFleet fleet, List<String> command) throws Exception {
    Path errors = folder.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
    builder.environment().put("OPENAI_API_KEY", fleet.key());
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out + Files.readString(errors)).isZero();
    return new Ran(process.exitValue(), out);
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
      String said = run(fleet, name).out();
      assertThat(said.strip().replaceAll(" *\n", ";"))
          .isEqualTo(out.strip().replaceAll(" *;", ";"));
    }
  }

  @Test
  void curlShowsEvents() throws Exception {
    try (TestFleet fleet = TestFleet.pair(WORDS)) {
      assertThat(samples(fleet, "en").get("key.sh")).isEqualTo("export OPENAI_API_KEY=sk-...");
      Events events = Events.of(run(fleet, "curl.sh").out());
      assertThat(events.content()).isEqualTo(TEXT);
      assertThat(events.done()).isTrue();
      assertThat(run(fleet, "responses.sh").out())
          .contains("event: response.output_text.delta", "event: response.completed", "[DONE]");
      assertThat(run(fleet, "messages.sh").out())
          .contains("event: content_block_delta", "event: message_stop");
    }
  }

  @Test
  void usageIsShown() throws Exception {
    try (TestFleet fleet = TestFleet.pair(WORDS)) {
      assertThat(run(fleet, "usage.py").out()).matches("(?s)0 1 2 3 4 \n[0-9]+ \\+ 5 tokens\n");
    }
  }

  @Test
  void aStreamThatBreaksOffIsNoticed() throws Exception {
    try (TestFleet fleet = TestFleet.pair(WORDS + " cut@3")) {
      assertThat(run(fleet, "errors.py").out())
          .isEqualTo("Broken off: upstream_failed behind '0 1 2 '\n");
      assertThat(run(fleet, "page.html").out()).startsWith("Error: 0 1 2  [");
      assertThat(run(fleet, "again.py").out().split("Once more: upstream_failed\n", -1)).hasSize(4);
    }
  }

  @Test
  void aRefusalIsNoticed() throws Exception {
    try (TestFleet fleet = TestFleet.pair("status=400")) {
      assertThat(run(fleet, "errors.py").out()).matches("Refused: 400 \\S+ req_\\w+\n");
    }
  }

  @Test
  void leavingTheLoopStopsTheAnswer() throws Exception {
    try (TestFleet fleet = TestFleet.pair("numbered tokens=9 hold@3")) {
      assertThat(run(fleet, "cancel.mjs").out()).isEqualTo("Enough: 0 1 2 \n");
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
