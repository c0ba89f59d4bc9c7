package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Measurements in front of a server that answers as the simulator does not. */
@Tag("socket")
@Timeout(60)
final class OtherServersTest {
  private final AtomicInteger answers = new AtomicInteger();
  private final Queue<String> targets = new ConcurrentLinkedQueue<>();
  private final Queue<List<String>> hosts = new ConcurrentLinkedQueue<>();
  private final Queue<Long> sessions = new ConcurrentLinkedQueue<>();
  private volatile List<String> contents = List.of("0 ");
  private volatile int tokens = 1;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", this::chat);
    server.createContext("/v1/models", this::models);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private MeasuredEndpoint endpoint(String query) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1" + query;
    return MeasuredEndpoint.of("other=" + url, "sk-k");
  }

  private void chat(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    if (exchange instanceof HttpsExchange secured) {
      sessions.add(secured.getSSLSession().getCreationTime());
    }
    Headers asked = exchange.getRequestHeaders();
    targets.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    hosts.add(asked.get("Host"));
    assertThat(asked.getFirst("Authorization")).isEqualTo("Bearer sk-k");
    StringBuilder events = new StringBuilder();
    for (String content : contents) {
      event(events, "[{\"index\":0,\"delta\":{\"content\":\"" + content + "\"}}]");
    }
    event(events, "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]");
    event(events, "[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":" + tokens + "}");
    events.append("data: [DONE]\n\n");
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    int answer = answers.getAndIncrement();
    exchange.getResponseHeaders().set("X-Tayyar-Target", "gpu-" + answer % 2);
    exchange.getResponseHeaders().set("X-Served-By", "zone-" + answer % 4);
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(events.toString().getBytes(UTF_8));
    exchange.close();
  }

  private static void event(StringBuilder events, String choices) {
    events.append("data: {\"id\":\"c\",\"choices\":").append(choices).append("}\n\n");
  }

  private void models(HttpExchange exchange) throws IOException {
    targets.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    byte[] list = "{\"data\":[{\"id\":\"first\"}]}".getBytes(UTF_8);
    exchange.sendResponseHeaders(200, list.length);
    exchange.getResponseBody().write(list);
    exchange.close();
  }

  @Test
  void targetsAreToldApart() throws InterruptedException {
    Run.Side side = new Draft(endpoint("")).side();

    assertThat(side.failures()).isEmpty();
    assertThat(side.targets().keySet()).containsExactly("gpu-0", "gpu-1");
    assertThat(side.targets().values())
        .extracting(Run.Figures::completed)
        .containsExactly(20L, 20L);
  }

  @Test
  void anotherFieldMayNameTheTarget() throws InterruptedException {
    var draft = new Draft(endpoint(""));
    draft.targetHeader = "x-served-by";

    assertThat(draft.side().targets().keySet())
        .containsExactly("zone-0", "zone-1", "zone-2", "zone-3");
  }

  /** The first was written an hour ago, the third comes in two events. */
  @Test
  void eachStampedTokenIsMeasuredAlsoWhereSeveralCameTogether() throws InterruptedException {
    contents = List.of("0@%2$d 1@%1$d ", "2@%1$d", " ", "3@%1$d ");
    Duration ago = Duration.ofHours(1);
    long now = System.nanoTime();
    contents = contents.stream().map(each -> each.formatted(now, now - ago.toNanos())).toList();
    tokens = 4;
    Run.Side side = new Draft(endpoint("")).side();

    assertThat(side.failures()).isEmpty();
    assertThat(side.flaws()).isEmpty();
    assertThat(side.all().delay().count()).isEqualTo(40 * 4);
    assertThat(side.all().delay().max()).isBetween(0.99 * ago.toMillis(), 1.1 * ago.toMillis());
  }

  @Test
  void aQueryStandsBehindEachPathAndIsNotKept() throws InterruptedException {
    var draft = new Draft(endpoint("?api-version=2024-10-21&key=hidden"));
    draft.requests = 1;
    Run run = draft.run();

    assertThat(run.sides().getFirst().failures()).isEmpty();
    assertThat(ModelList.first(draft.endpoints.getFirst(), null)).isEqualTo("first");
    assertThat(targets)
        .containsExactly(
            "POST /v1/chat/completions?api-version=2024-10-21&key=hidden",
            "GET /v1/models?api-version=2024-10-21&key=hidden");
    assertThat(run.toString()).doesNotContain("hidden");
  }

  /** Connections end, and their TLS session goes on with the next: it was made once. */
  @Test
  void sessionsAreTakenUpAgain(@TempDir Path folder) throws Exception {
    OwnCertificate certificate = OwnCertificate.in(folder);
    HttpsServer secured =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secured.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
    secured.createContext("/v1/chat/completions", this::chat);
    secured.createContext("/v1/models", this::models);
    secured.start();
    try {
      String url = "https://127.0.0.1:" + secured.getAddress().getPort() + "/v1";
      var draft = new Draft(MeasuredEndpoint.of("other=" + url, "sk-k"));
      draft.authorities = certificate.pem();
      draft.arrivals = new Arrivals.ClosedLoop(1);
      draft.keepAlive = false;
      draft.requests = 10;

      assertThat(draft.side().failures()).isEmpty();
      assertThat(sessions).hasSize(10);
      assertThat(Set.copyOf(sessions)).as("times at which a session was made").hasSize(1);
      assertThat(ModelList.first(draft.endpoints.getFirst(), certificate.pem())).isEqualTo("first");
    } finally {
      secured.stop(0);
    }
  }

  @Test
  void aServerThatAnswersOverHttp1() throws InterruptedException {
    var draft = new Draft(endpoint(""));
    draft.http2 = true;
    draft.requests = 3;

    assertThat(draft.side().failures()).containsOnlyKeys("bad_http").containsValue(3L);
  }

  @Test
  void aHostThatIsGivenIsTheOnlyOne() throws InterruptedException {
    var draft = new Draft(endpoint("").with(List.of("host: models.example")));
    draft.requests = 1;

    assertThat(draft.side().failures()).isEmpty();
    assertThat(hosts).containsExactly(List.of("models.example"));
  }
}
