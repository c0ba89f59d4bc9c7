package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.Events;
import tayyar.testing.Given;
import tayyar.testing.OverTls;
import tayyar.testing.Program;
import tayyar.testing.Requests;
import tayyar.testing.TestCertificate;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Clients that agree on HTTP/2 by TLS. */
@OverTls
@Tag("clients")
@Timeout(90)
class Http2ClientsTest {
  private static final String TEXT = "[[numbered tokens=30 pace=1ms]]";
  private static final String HELD = "[[tokens=9 hold@2]]";

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static String url() {
    return "https://localhost:" + GATEWAY.address().getPort() + "/v1/chat/completions";
  }

  private static String chat(String text) {
    return Requests.chat(TestGateway.MODEL, text, true).toString();
  }

  private static void assertWhole(String events) {
    assertThat(Events.of(events).content()).endsWith(" 28 29 ");
    assertThat(Events.of(events).done()).isTrue();
  }

  private static void assertLeft(String key) {
    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 2));
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("client_gone");
  }

  private static ObjectNode ask(String key, String text) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("url", url())
        .put("certificate", TestCertificate.usual().files().certificate().toString())
        .put("key", key)
        .put("body", chat(text));
  }

  @Test
  void curl() throws Exception {
    try (CurlTest.Curl curl =
        CurlTest.Curl.start(
            "-w",
            "%{http_version}",
            "-H",
            "Authorization: Bearer " + GATEWAY.key(),
            "-H",
            "Content-Type: application/json",
            "-d",
            chat(TEXT),
            url())) {
      assertThat(curl.rest()).isZero();
      String seen = curl.seen().toString();
      assertThat(seen.strip()).endsWith("\n2");
      assertWhole(seen.substring(0, seen.lastIndexOf("\n2") + 1));
    }
  }

  private static HttpClient java() throws IOException {
    return HttpClient.newBuilder().sslContext(TestCertificate.usual().trusting()).build();
  }

  private static HttpRequest javaRequest(String key, String text) {
    return HttpRequest.newBuilder(URI.create(url()))
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(chat(text)))
        .build();
  }

  @Test
  void javaStreams() throws Exception {
    try (HttpClient client = java()) {
      HttpResponse<String> response =
          client.send(javaRequest(GATEWAY.key(), TEXT), HttpResponse.BodyHandlers.ofString(UTF_8));
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertWhole(response.body());
    }
  }

  @Test
  void javaLeaves() throws Exception {
    String key = GATEWAY.newKey(100);
    GATEWAY.simulator().forget();
    try (HttpClient client = java()) {
      HttpResponse<InputStream> response =
          client.send(javaRequest(key, HELD), HttpResponse.BodyHandlers.ofInputStream());
      response.body().close();
      assertLeft(key);
    }
  }

  @Test
  void node() throws Exception {
    String key = GATEWAY.newKey(100);
    GATEWAY.simulator().forget();
    try (Program program = Programs.nodeHttp2()) {
      assertThat(program.ask(ask(key, HELD).put("leaveAfter", 2)).path("reset").asInt())
          .isEqualTo(8);
      assertLeft(key);
      JsonNode said = program.ask(ask(GATEWAY.key(), TEXT).put("leaveAfter", 0));
      assertThat(said.path("status").asInt()).isEqualTo(200);
      assertWhole(said.path("text").asString());
    }
  }

  @Test
  void go() throws Exception {
    String key = GATEWAY.newKey(100);
    GATEWAY.simulator().forget();
    try (Program program = Programs.go()) {
      assertThat(program.ask(ask(key, HELD).put("cancel", 2)).path("proto").asString())
          .isEqualTo("HTTP/2.0");
      assertLeft(key);
      JsonNode said = program.ask(ask(GATEWAY.key(), TEXT));
      assertThat(said.path("error").asString()).isEmpty();
      assertWhole(said.path("events").asString());
    }
  }

  @Test
  void chromium() throws Exception {
    Given.CHROMIUM.path();
    Given.NODE_FOLDER.path();
    String script = Given.clients().resolve("browser/naive.mjs").toString();
    try (Program page = Program.start("env", "TAYYAR_TEST_SPKI=" + keyHash(), "node", script)) {
      ObjectNode ask =
          JsonMapper.shared()
              .createObjectNode()
              .put("base", GATEWAY.baseUrl())
              .put("key", GATEWAY.key())
              .put("model", TestGateway.MODEL)
              .put("text", "[[numbered tokens=300]]");
      for (int i = 0; i < 10; i++) {
        JsonNode seen = page.ask(ask);
        assertThat(seen.path("error").asString()).isEmpty();
        assertThat(seen.path("text").asString()).endsWith(" 298 299 ");
        assertThat(seen.path("version").asString()).isEqualTo("h2");
      }
    }
  }

  private static String keyHash() throws Exception {
    try (InputStream pem = Files.newInputStream(TestCertificate.usual().files().certificate())) {
      byte[] key =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(pem)
              .getPublicKey()
              .getEncoded();
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
    }
  }
}
