package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/** Both listeners, the API's and the operator's, refuse invalid requests in the same way. */
@Tag("socket")
class EdgeTest {
  private static final List<String> FOLDS =
      List.of(
          "\r\nGET /metrics HTTP/1.1\r\nHost: test\r\nX-A: one\r\n two\r\n\r\n",
          "\r\n\r\nGET /metrics HTTP/1.1\r\nHost: test\r\n\tX-A: one\r\n\r\n",
          "\r\n GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");

  private static TestFleet fleet;

  @BeforeAll
  static void start() throws IOException {
    fleet = TestFleet.pair("");
  }

  @AfterAll
  static void stop() {
    fleet.close();
  }

  private static List<InetSocketAddress> both() {
    return List.of(fleet.address(), fleet.admin());
  }

  private static void assertRefused(String request, int status, String code) throws IOException {
    for (InetSocketAddress listener : both()) {
      try (RawHttp client = RawHttp.to(listener)) {
        Response response = client.send(request).response();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.error().path("code").asString()).isEqualTo(code);
        assertThat(response.field("X-Request-Id")).startsWith("req_");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"BREW", "PROPFIND", "get", "M-SEARCH"})
  void aMethodThatNobodyKnows(String method) throws IOException {
    assertRefused(Requests.bare(method, "/health"), 501, "method_unknown");
    assertRefused(Requests.bare(method, "/nowhere"), 501, "method_unknown");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "health",
        "ftp://test/health",
        "http://",
        "/a#b",
        "/\u00e9",
        "test:80",
        "/%zz"
      })
  void aTargetThatIsNoPath(String target) throws IOException {
    assertRefused(Requests.bare("GET", target), 400, "invalid_http");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "a/b", "me@test", "a,b", "test:x", "test:70000", "[::1", "te\u00e9st"})
  void aHostThatIsNone(String host) throws IOException {
    String request = Requests.bare("GET", "/metrics").replaceFirst("Host: .*\r\n", "");
    assertRefused(request.replaceFirst("\r\n", "\r\nHost: " + host + "\r\n"), 400, "invalid_http");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aFoldedLineBehindAnEmptyOne(int which) throws IOException {
    assertRefused(FOLDS.get(which), 400, "invalid_http");
  }

  @Test
  void emptyLinesBeforeARequestAreReadOver() throws IOException {
    try (RawHttp client = RawHttp.to(fleet.admin())) {
      for (int i = 0; i < 2; i++) {
        client.send("\r\n").send("\r\n" + Requests.bare("GET", "/healthz"));
        assertThat(client.response().text()).isEqualTo("ok\n");
      }
    }
  }

  private static String chunked(String path, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        + "Authorization: Bearer "
        + fleet.key()
        + "\r\nTransfer-Encoding: chunked\r\n\r\n"
        + body;
  }

  /**
   * Sent in one write, and byte by byte: a line's beginning is recognised wherever a read begins.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2\r\n{}\r\n0\r\nX-A: one\r\n two\r\n\r\n",
        "2\r\n{}\r\n0\r\nX-A: one\r\n\ttwo\r\n\r\n",
        "2\r\n{}\r\n0\r\n X-A: one\r\n\r\n",
        "2\r\n{}\r\n0\r\nX-A: one\r\nX-B: 1\r\n \r\n\r\n"
      })
  void aFoldedLineBehindTheBody(String body) throws IOException {
    for (String path : List.of("/v1/chat/completions", "/reload")) {
      InetSocketAddress listener = path.equals("/reload") ? fleet.admin() : fleet.address();
      for (boolean slowly : new boolean[] {false, true}) {
        try (RawHttp client = RawHttp.to(listener)) {
          String request = chunked(path, body);
          for (int at = 0; at < request.length(); at += slowly ? 1 : request.length()) {
            client.send(request.substring(at, slowly ? at + 1 : request.length()));
          }
          Response response = client.response();
          assertThat(response.status()).isEqualTo(400);
          assertThat(response.error().path("code").asString()).isEqualTo("invalid_http");
          assertThat(client.closesSilently()).isTrue();
        }
      }
    }
  }

  @Test
  void fieldsBehindTheBodyAreReadOver() throws IOException {
    String body = Requests.chat(TestFleet.MODEL, "hello", false).toString();
    String size = Integer.toHexString(body.length());
    String request =
        chunked("/v1/chat/completions", size + "\r\n" + body + "\r\n0\r\nX-A: one\r\n\r\n");
    try (RawHttp client = RawHttp.to(fleet.address())) {
      assertThat(client.send(request + request).response().status()).isEqualTo(200);
      assertThat(client.response().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "GZIP", "identity, gzip"})
  void aBodyInACoding(String coding) throws IOException {
    String field = "Content-Encoding: " + coding + "\r\n";
    Response chat = fleet.send(Requests.post(fleet.key(), "{}", field));
    assertThat(chat.status()).isEqualTo(415);
    assertThat(chat.error().path("code").asString()).isEqualTo("unsupported_media_type");
    assertThat(chat.field("Accept-Encoding")).isEqualTo("identity");
    LedgerRow row = fleet.row(chat);
    assertThat(row.status()).isEqualTo(415);
    try (RawHttp client = RawHttp.to(fleet.admin())) {
      String post = "POST /reload HTTP/1.1\r\nHost: test\r\n" + field + "Content-Length: 0\r\n\r\n";
      assertThat(client.send(post).response().status()).isEqualTo(415);
    }
  }

  @Test
  void aBodyThatIsAsItIs() throws IOException {
    String body = Requests.chat(TestFleet.MODEL, "hello", false).toString();
    String post = Requests.post(fleet.key(), body, "Content-Encoding: identity\r\n");
    assertThat(fleet.send(post).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/models?modality=%zz", "/v1/models?%", "/v1/usage?by=%1", "/v1/models/%zz"})
  void aPercentSignThatEncodesNothing(String target) throws IOException {
    String asked =
        "GET %s HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(target, fleet.key());
    Response response = fleet.send(asked);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("invalid_http");
  }

  @ParameterizedTest
  @CsvSource({
    "/chat/completions, /v1/chat/completions",
    "/v1/v1/chat/completions, /v1/chat/completions",
    "/v1/chat/completions/, /v1/chat/completions",
    "/v1/models/, /v1/models",
    "/models/sim, /v1/models/sim",
    "/api/v1/messages, /v1/messages",
    "/v1/chat/completion, /v1/chat/completions",
    "/v1/embedding, /v1/embeddings",
    "/v1/response, /v1/responses",
    "/api/docs/, /docs",
    "/openapi.jsn, /openapi.json",
    "/web, ''"
  })
  void thePathThatWasMeantIsNamed(String asked, String meant) throws IOException {
    Response response = fleet.send(Requests.bare("POST", asked));
    assertThat(response.status()).isEqualTo(404);
    String better = meant.isEmpty() ? "." : "; " + meant + " is probably meant.";
    assertThat(response.error().path("message").asString())
        .isEqualTo("There is nothing at " + asked + better);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions, 'POST, OPTIONS'",
    "/v1/models, 'GET, HEAD, OPTIONS'",
    "/v1/models/sim, 'GET, HEAD, OPTIONS'",
    "/v1/responses, 'GET, HEAD, POST, OPTIONS'",
    "*, 'GET, HEAD, POST, DELETE, OPTIONS'"
  })
  void optionsSayWhatIsAllowed(String path, String allow) throws IOException {
    Response response = fleet.send(Requests.bare("OPTIONS", path));
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.field("Allow")).isEqualTo(allow);
  }
}
