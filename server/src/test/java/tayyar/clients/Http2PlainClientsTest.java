package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.testing.Events;
import tayyar.testing.Requests;
import tayyar.testing.TestGateway;

/** Clients that know HTTP/2, or offer it, where there is no TLS. */
@Tag("clients")
@Timeout(60)
class Http2PlainClientsTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static String chat() {
    return Requests.chat(TestGateway.MODEL, "[[numbered tokens=30]]", true).toString();
  }

  @ParameterizedTest
  @CsvSource({"--http2-prior-knowledge,2", "--http2,1.1", "--http1.1,1.1"})
  void curl(String option, String version) throws Exception {
    try (CurlTest.Curl curl =
        CurlTest.Curl.start(
            option,
            "-w",
            "%{http_version}",
            "-H",
            "Authorization: Bearer " + GATEWAY.key(),
            "-H",
            "Content-Type: application/json",
            "-d",
            chat(),
            GATEWAY.baseUrl() + "/chat/completions")) {
      assertThat(curl.rest()).isZero();
      String seen = curl.seen().toString().strip();
      assertThat(seen).endsWith("\n" + version);
      assertThat(Events.of(seen.substring(0, seen.length() - version.length())).done()).isTrue();
    }
  }

  /** Java's client offers HTTP/2 in its first request, and goes on with what it gets. */
  @Test
  void javasOfferIsAnsweredOverHttp1() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 3; i++) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(GATEWAY.baseUrl() + "/chat/completions"))
                .header("Authorization", "Bearer " + GATEWAY.key())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(chat()))
                .build();
        HttpResponse<String> response =
            client.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(Events.of(response.body()).done()).isTrue();
      }
    }
  }
}
