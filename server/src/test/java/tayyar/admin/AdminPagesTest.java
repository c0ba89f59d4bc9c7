package tayyar.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.admin.AdminPages.Reloaded;
import tayyar.api.Bounds;
import tayyar.api.Target.Address;
import tayyar.http.Callers;
import tayyar.http.Gate;
import tayyar.http.Live;
import tayyar.http.Routes;
import tayyar.http.Server;
import tayyar.limits.Budget;
import tayyar.net.Transport;
import tayyar.openai.OpenAiClients;
import tayyar.testing.Logged;
import tayyar.testing.RawHttp;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("socket")
final class AdminPagesTest {
  private static final int CONNECTIONS_MAX = 8;
  private static final Reloaded ALL = new Reloaded("", List.of(), "");

  private final AtomicBoolean ready = new AtomicBoolean(true);
  private Supplier<String> metrics = () -> "numbers 1\n";
  private final AdminPages pages = new AdminPages(_ -> metrics.get(), ready::get);
  private HttpClient client;
  private EventLoopGroup loops;
  private Server admin;

  @BeforeEach
  void start() throws IOException {
    client = HttpClient.newHttpClient();
    loops = Transport.best().loops(1);
    admin =
        new Server(
            new Address.Tcp("127.0.0.1", 0, false),
            null,
            false,
            Transport.best(),
            loops,
            Routes.of(
                pages.routes(),
                Gate.operators("admin.example.net", Callers.DIRECT),
                new OpenAiClients()),
            new Live(),
            Bounds.DEFAULT,
            CONNECTIONS_MAX,
            new Budget(1 << 20, () -> 0));
  }

  @AfterEach
  void stop() {
    client.close();
    admin.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void showsTheMetrics() throws Exception {
    HttpResponse<String> response = send("GET", "/metrics");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("numbers 1\n");
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void theirPrefaceIsABrokenRequestWhereHttp2IsOff() throws IOException {
    try (RawHttp other = RawHttp.to((InetSocketAddress) admin.address())) {
      other.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      assertThat(other.response().status()).isEqualTo(400);
      assertThat(other.closesSilently()).isTrue();
    }
  }

  @Test
  void isHealthyAlsoWhenItIsNotReady() throws Exception {
    assertThat(send("GET", "/readyz").statusCode()).isEqualTo(200);
    ready.set(false);
    assertThat(send("GET", "/readyz").statusCode()).isEqualTo(503);
    assertThat(send("GET", "/readyz").body()).isEqualTo("not ready\n");
    assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/healthz?verbose=1").body()).isEqualTo("ok\n");
  }

  @Test
  void headHasTheSameHeadAndNoBody() throws Exception {
    HttpResponse<String> response = send("HEAD", "/metrics");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("Content-Length")).hasValue("10");
  }

  @Test
  void otherPathsAndMethodsGetTheEnvelope() throws Exception {
    HttpResponse<String> unknown = send("GET", "/metrics/more");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(error(unknown).get("code").asString()).isEqualTo("not_found");
    assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/json");

    HttpResponse<String> post = send("POST", "/metrics");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(error(post).get("code").asString()).isEqualTo("method_not_allowed");
    assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
    assertThat(send("POST", "/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void aConfigurationIsReloadedOrTheReasonIsSaid() throws Exception {
    assertThat(send("POST", "/reload").statusCode()).isEqualTo(400);
    pages.onReload(() -> new Reloaded("line 3: \"x\" is not known.", List.of(), ""));
    JsonNode refused = error(send("POST", "/reload"));
    assertThat(refused.get("message").asString()).isEqualTo("line 3: \"x\" is not known.");
    assertThat(refused.get("code").asString()).isEqualTo("invalid_configuration");
    pages.onReload(() -> ALL);
    assertThat(send("POST", "/reload").body()).isEqualTo("reloaded\n");
    pages.onReload(() -> new Reloaded("", List.of("listen", "bounds"), ""));
    assertThat(send("POST", "/reload").body())
        .endsWith("a restart is needed for: listen, bounds\n");
    pages.onReload(() -> new Reloaded("", List.of(), "Without a price: a."));
    assertThat(send("POST", "/reload").body()).isEqualTo("reloaded\nWithout a price: a.\n");
    assertThat(send("GET", "/reload").statusCode()).isEqualTo(405);
    assertThat(send("OPTIONS", "/reload").headers().firstValue("Allow")).hasValue("POST, OPTIONS");
  }

  @Test
  void aFailingPageIsLoggedAndTheNextOneWorks() throws Exception {
    metrics =
        () -> {
          throw new IllegalStateException("odd");
        };
    try (Logged log = Logged.of(Routes.class)) {
      HttpResponse<String> response = send("GET", "/metrics");
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).doesNotContain("odd");
      assertThat(log.count("a bug")).isEqualTo(1);
    }
    assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);
  }

  private RawHttp.Head reload(String fields) throws IOException {
    try (RawHttp raw = RawHttp.to(address())) {
      return raw.send("POST /reload HTTP/1.1\r\n" + fields + "\r\n").response().head();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: 127.0.0.1:8081\r\n",
        "Host: [::1]:8081\r\n",
        "Host: 10.1.2.3\r\n",
        "Host: LocalHost:8081\r\n",
        "Host: tayyar\r\n",
        "Host: Admin.example.net:99\r\n",
        "Host: 127.0.0.1:8081\r\nOrigin: http://127.0.0.1:8081\r\n"
      })
  void whoNamesTheListenerMayAct(String fields) throws IOException {
    pages.onReload(() -> ALL);
    assertThat(reload(fields).status()).isEqualTo(200);
  }

  /** As a page sends it that the operator's browser shows. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example:8081\r\n",
        "Host: 127.0.0.1.evil.example\r\n",
        "Host: localhost.evil.example\r\n",
        "Host: evil.example:8081\r\nOrigin: http://evil.example:8081\r\n",
        "Host: 127.0.0.1:8081\r\nOrigin: http://evil.example\r\n",
        "Host: 127.0.0.1:8081\r\nOrigin: null\r\n",
        "Host: 127.0.0.1:8081\r\nOrigin: \r\n",
        "Host: 127.0.0.1:8081\r\nOrigin: http://127.0.0.1:9999\r\n",
        "Host: 127.0.0.1:8081\r\nOrigin: http://127.0.0.1:8081\r\nOrigin: http://evil\r\n"
      })
  void aPageOfSomebodyElseMayNotAct(String fields) throws IOException {
    var reloads = new AtomicInteger();
    pages.onReload(() -> new Reloaded("" + reloads.incrementAndGet(), List.of(), ""));
    assertThat(reload(fields).status()).isEqualTo(403);
    assertThat(reloads).hasValue(0);
  }

  @Test
  void noPageOfAnotherOriginMayReadTheAnswers() throws Exception {
    for (String method : List.of("GET", "OPTIONS")) {
      HttpResponse<String> response = send(method, "/metrics");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().map().keySet())
          .noneMatch(name -> name.startsWith("access-control-"))
          .contains("x-request-id");
      assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
  }

  @Test
  void connectionsThatAskNothingMakeRoomForOneThatAsks() throws IOException {
    String ask = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    var idle = new ArrayList<RawHttp>();
    try {
      for (int i = 0; i < 10 * CONNECTIONS_MAX; i++) {
        idle.add(RawHttp.to(address()));
        if (i % 3 == 0) {
          assertThat(idle.getLast().send(ask).response().status()).isEqualTo(200);
        }
      }
      assertThat(admin.connections()).isLessThanOrEqualTo(CONNECTIONS_MAX + 1);
      assertThat(idle.getFirst().closesSilently()).isTrue();
    } finally {
      for (RawHttp each : idle) {
        each.close();
      }
    }
  }

  @Test
  void thoseThatAskAreNotClosedForOthers() throws Exception {
    var asked = new CountDownLatch(CONNECTIONS_MAX);
    var go = new CountDownLatch(1);
    metrics =
        () -> {
          asked.countDown();
          await(go);
          return "late\n";
        };
    var asking = new ArrayList<RawHttp>();
    try {
      for (int i = 0; i < CONNECTIONS_MAX; i++) {
        asking.add(RawHttp.to(address()).send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
      }
      await(asked);
      Awaitility.await("a newcomer to be closed at once")
          .until(
              () -> {
                try (RawHttp more = RawHttp.to(address())) {
                  return more.closesSilently();
                }
              });
      go.countDown();
      for (RawHttp each : asking) {
        assertThat(each.response().text()).isEqualTo("late\n");
      }
    } finally {
      for (RawHttp each : asking) {
        each.close();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private InetSocketAddress address() {
    return (InetSocketAddress) admin.address();
  }

  private static JsonNode error(HttpResponse<String> response) {
    JsonNode error = JsonMapper.shared().readTree(response.body()).get("error");
    assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
    return error;
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + address().getPort() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
