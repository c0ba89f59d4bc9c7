package tayyar.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.testing.Logged;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("socket")
final class AdminServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final AtomicBoolean ready = new AtomicBoolean(true);
  private Supplier<String> metrics = () -> "numbers 1\n";
  private HttpClient client;
  private AdminServer admin;

  @BeforeEach
  void start() {
    client = HttpClient.newHttpClient();
    admin = AdminServer.start(ANY_PORT, _ -> metrics.get(), ready::get);
  }

  @AfterEach
  void stop() {
    client.close();
    admin.close();
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
    assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
    assertThat(send("POST", "/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void aConfigurationIsReloadedOrTheReasonIsSaid() throws Exception {
    assertThat(send("POST", "/reload").statusCode()).isEqualTo(400);
    admin.onReload(() -> "line 3: \"x\" is not known.");
    JsonNode refused = error(send("POST", "/reload"));
    assertThat(refused.get("message").asString()).isEqualTo("line 3: \"x\" is not known.");
    assertThat(refused.get("code").asString()).isEqualTo("invalid_configuration");
    admin.onReload(() -> "");
    assertThat(send("POST", "/reload").body()).isEqualTo("reloaded\n");
    assertThat(send("GET", "/reload").statusCode()).isEqualTo(404);
  }

  @Test
  void aFailingPageIsLoggedAndTheNextOneWorks() throws Exception {
    metrics =
        () -> {
          throw new IllegalStateException("odd");
        };
    try (Logged log = Logged.of(AdminServer.class)) {
      HttpResponse<String> response = send("GET", "/metrics");
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).doesNotContain("odd");
      assertThat(log.count("an admin page failed")).isEqualTo(1);
    }
    assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void aTakenAddressIsToldInASentence() {
    assertThatThrownBy(() -> AdminServer.start(admin.address(), _ -> "", () -> true))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(
            "The admin address 127.0.0.1:" + admin.address().getPort() + " cannot be used: ");
  }

  private static JsonNode error(HttpResponse<String> response) {
    JsonNode error = JsonMapper.shared().readTree(response.body()).get("error");
    assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
    return error;
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + admin.address().getPort() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
