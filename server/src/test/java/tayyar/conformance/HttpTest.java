package tayyar.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** HTTP as clients see it, apart from the content of answers. */
@Tag("socket")
class HttpTest {
  private static final int BODY_BYTES_MAX = 100_000;

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.with(Bounds.DEFAULT.with(Bound.BODY_BYTES, BODY_BYTES_MAX));

  /** What is too long for a head. */
  String tooLong() {
    return "x".repeat(60_000);
  }

  private static String chat(String text) {
    return Requests.chat(TestGateway.MODEL, text, true).toString();
  }

  private static void assertError(Response response, int status, String type, String code)
      throws IOException {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.field("Content-Type")).startsWith("application/json");
    assertThat(response.field("X-Request-Id")).isNotEmpty();
    assertThat(response.field("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(response.error().path("type").asString()).isEqualTo(type);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/nowhere", "/v1", "/v1/", "/v1/chat", "/v1/chat/completions/", "/v2/models"})
  void unknownPaths(String path) throws IOException {
    assertError(GATEWAY.send(Requests.bare("GET", path)), 404, "not_found", "not_found");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/chat/completions, POST",
    "PUT, /v1/chat/completions, POST",
    "DELETE, /v1/models, GET",
    "POST, /v1/models, GET",
    "PATCH, /health, GET",
    "TRACE, /v1/models, GET"
  })
  void wrongMethods(String method, String path, String allowed) throws IOException {
    Response response = GATEWAY.send(Requests.bare(method, path));

    assertError(response, 405, "invalid_request_error", "method_not_allowed");
    assertThat(response.field("Allow").split(", ?", -1)).contains(allowed, "OPTIONS");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""})
  void otherMediaTypes(String type) throws IOException {
    String post =
        Requests.post(GATEWAY.key(), chat("[[tokens=1]]"))
            .replace("Content-Type: application/json", "Content-Type: " + type);

    assertError(GATEWAY.send(post), 415, "invalid_request_error", "unsupported_media_type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/json;charset=UTF-8"
      })
  void jsonByOtherNames(String type) throws IOException {
    String post =
        Requests.post(GATEWAY.key(), chat("[[tokens=1]]"))
            .replace("Content-Type: application/json", "Content-Type: " + type);

    assertThat(GATEWAY.send(post).status()).isEqualTo(200);
  }

  @Test
  void bodyTooLargeIsToldToOneWhoGoesOnSending() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(Requests.post(GATEWAY.key(), chat("x".repeat(20 * BODY_BYTES_MAX))));

      assertError(client.response(), 413, "invalid_request_error", "body_too_large");
      assertThat(client.closesSilently()).isTrue();
    }
  }

  @Test
  void chunkedBodyTooLarge() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(chunkedHead());
      for (int sent = 0; sent <= BODY_BYTES_MAX; sent += 0x1000) {
        client.send("1000\r\n" + "x".repeat(0x1000) + "\r\n");
      }

      assertError(client.response(), 413, "invalid_request_error", "body_too_large");
    }
  }

  private static String chunkedHead() {
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        + "Authorization: Bearer "
        + GATEWAY.key()
        + "\r\nTransfer-Encoding: chunked\r\n\r\n";
  }

  @Test
  void chunkedBody() throws IOException {
    String body = chat("[[echo]] in chunks");
    StringBuilder request = new StringBuilder(chunkedHead());
    for (int i = 0; i < body.length(); i++) {
      request.append("1\r\n").append(body.charAt(i)).append("\r\n");
    }

    Response response = GATEWAY.send(request.append("0\r\n\r\n").toString());

    assertThat(response.events().content()).isEqualTo("in chunks");
  }

  @Test
  void headTooLarge() throws IOException {
    String field = "X-Long: " + tooLong() + "\r\n\r\n";
    String request = Requests.bare("GET", "/v1/models").replaceFirst("\r\n\r\n$", "\r\n" + field);

    assertError(GATEWAY.send(request), 431, "invalid_request_error", "headers_too_large");
  }

  @Test
  void requestLineTooLong() throws IOException {
    Response response = GATEWAY.send(Requests.bare("GET", "/v1/models?" + tooLong()));

    assertError(response, 431, "invalid_request_error", "headers_too_large");
  }

  @Test
  void continueIsSaidOnlyWhereTheBodyIsWanted() throws IOException {
    String body = chat("[[echo]] expected");
    String expect = "Expect: 100-continue\r\n";
    try (RawHttp client = GATEWAY.connect()) {
      String post = Requests.post(GATEWAY.key(), body, expect);
      client.send(post.substring(0, post.length() - body.length()));
      assertThat(client.head().status()).isEqualTo(100);
      assertThat(client.send(body).response().events().content()).isEqualTo("expected");
    }
    try (RawHttp client = GATEWAY.connect()) {
      String post = Requests.post(GATEWAY.key(), "", expect);
      client.send(post.replace("Content-Length: 0", "Content-Length: 999999999"));
      assertThat(client.head().status()).isEqualTo(413);
    }
  }

  @Test
  void continueIsNotSaidWhereNoBodyComes() throws IOException {
    String expect = "Expect: 100-continue\r\n";
    try (RawHttp client = GATEWAY.connect()) {
      client.send(Requests.post(GATEWAY.key(), "", expect));
      assertThat(client.head().status()).isEqualTo(400);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    List<String> said = new ArrayList<>();
    try (RawHttp client = GATEWAY.connect()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 5; i++) {
        all.append(Requests.post(GATEWAY.key(), chat("[[echo pace=1ms]] number " + i)));
        all.append(Requests.bare("GET", "/health"));
      }
      client.send(all.toString());
      for (int i = 0; i < 5; i++) {
        said.add(client.response().events().content());
        assertThat(client.response().status()).isEqualTo(200);
      }
    }
    assertThat(said).containsExactly("number 0", "number 1", "number 2", "number 3", "number 4");
  }

  @Test
  void requestOfOneByteAtATime() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      for (byte b : Requests.post(GATEWAY.key(), chat("[[echo]] slow حرف")).getBytes(UTF_8)) {
        client.send(new byte[] {b});
      }
      assertThat(client.response().events().content()).isEqualTo("slow حرف");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/models", "/v1/models/sim", "/health", "/nowhere"})
  void headHasNoBody(String path) throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      RawHttp.Head got = client.send(Requests.bare("GET", path)).response().head();
      RawHttp.Head head = client.send(Requests.bare("HEAD", path)).head();

      assertThat(head.status()).isEqualTo(got.status());
      assertThat(head.field("Content-Length")).isEqualTo(got.field("Content-Length"));
      assertThat(client.send(Requests.bare("GET", "/health")).response().status()).isEqualTo(200);
    }
  }

  @Test
  void aTargetMayHaveAScheme() throws IOException {
    assertThat(GATEWAY.send(Requests.bare("GET", "http://test/v1/models")).status()).isEqualTo(200);
  }

  @Test
  void queriesAreReadOver() throws IOException {
    assertThat(GATEWAY.send(Requests.bare("GET", "/v1/models?api-version=7")).status())
        .isEqualTo(200);
    String post = Requests.post(GATEWAY.key(), chat("[[tokens=1]]"));
    assertThat(GATEWAY.send(post.replace("completions HTTP", "completions?a=b HTTP")).status())
        .isEqualTo(200);
  }

  @Test
  void compressionIsNeverUsed() throws IOException {
    String accept = "Accept-Encoding: gzip, deflate, br, zstd\r\n";
    Response response = GATEWAY.send(Requests.post(GATEWAY.key(), chat("[[tokens=200]]"), accept));

    assertThat(response.head().has("Content-Encoding")).isFalse();
    assertThat(response.events().done()).isTrue();
  }

  @Test
  void connectionClosesWhereAsked() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(Requests.post(GATEWAY.key(), chat("[[tokens=2]]"), "Connection: close\r\n"));
      Response response = client.response();

      assertThat(response.field("Connection")).isEqualTo("close");
      assertThat(response.events().done()).isTrue();
      assertThat(client.closesSilently()).isTrue();
    }
  }

  @Test
  void eachAnswerHasAnIdOfItsOwn() throws IOException {
    List<String> requests = allKinds();
    Set<String> ids = new HashSet<>();
    for (String request : requests) {
      ids.add(GATEWAY.send(request).field("X-Request-Id"));
    }
    assertThat(ids).hasSameSizeAs(requests).doesNotContain("");
  }

  /** Requests that are answered at different places of the gateway. */
  List<String> allKinds() {
    return List.of(
        Requests.post(GATEWAY.key(), chat("[[tokens=1]]")),
        Requests.post(GATEWAY.key(), "{"),
        Requests.post("sk-wrong", "{}"),
        Requests.bare("GET", "/nowhere"),
        Requests.bare("PUT", "/v1/models"),
        Requests.bare("OPTIONS", "/v1/models"),
        Requests.bare("GET", "/health"),
        "GARBAGE\r\n\r\n");
  }

  @Test
  void models() throws IOException {
    Response list = GATEWAY.send(Requests.bare("GET", "/v1/models"));
    assertThat(list.json().path("object").asString()).isEqualTo("list");
    assertThat(list.json().path("data").get(0).path("id").asString()).isEqualTo("sim");

    Response one = GATEWAY.send(Requests.bare("GET", "/v1/models/sim"));
    assertThat(one.json().path("id").asString()).isEqualTo("sim");
    assertThat(one.json().path("object").asString()).isEqualTo("model");
    assertThat(one.json().path("created").isIntegralNumber()).isTrue();
    assertThat(one.json().path("owned_by").asString()).isNotEmpty();

    Response none = GATEWAY.send(Requests.bare("GET", "/v1/models/nobody"));
    assertError(none, 404, "not_found", "model_not_found");
  }

  @Test
  void health() throws IOException {
    assertThat(GATEWAY.send(Requests.bare("GET", "/health")).status()).isEqualTo(200);
  }
}
