package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.testing.TestCertificate;
import tayyar.testing.TestGateway;

/** Certificates as an operator meets them: at a check, at a start and at a reload. */
@Tag("socket")
@Timeout(120)
final class TlsServeTest {
  @TempDir private Path home;

  private static String configuration(String certificate, String key) {
    return """
        models: [{ name: m, targets: [{ url: "http://127.0.0.1:9/v1" }] }]
        tls: { certificate: %s.pem, key: %s.key, admin: true, redirect: "127.0.0.1:0" }
        """
        .formatted(certificate, key);
  }

  private static Certificate shown(String base, TestCertificate trusted) throws IOException {
    var connection = (HttpsURLConnection) URI.create(base + "/health").toURL().openConnection();
    connection.setSSLSocketFactory(trusted.trusting().getSocketFactory());
    try (var in = connection.getInputStream()) {
      assertThat(new String(in.readAllBytes(), UTF_8)).contains("ok");
      return connection.getServerCertificates()[0];
    }
  }

  @Test
  void aPairThatIsNoneIsRefusedByCheckAndStart() throws Exception {
    TestCertificate.in(home, "a", "EC", "localhost");
    TestCertificate.in(home, "b", "EC", "localhost");
    Path config = Files.writeString(home.resolve("tayyar.yaml"), configuration("a", "b"));
    String sentence = "b.key' is not the key of the certificate";
    try (Run check = Run.of(home, "check", "--config", config.toString())) {
      assertThat(check.status()).isEqualTo(1);
      assertThat(check.err()).contains(sentence);
    }
    try (Run serve = Run.serve(home, List.of(), configuration("a", "b"))) {
      assertThat(serve.status()).isEqualTo(1);
      assertThat(serve.err()).contains("The server cannot start: ").contains(sentence);
    }
  }

  @Test
  void aReloadTakesOtherFilesOrChangesNothing() throws Exception {
    TestCertificate first = TestCertificate.in(home, "a", "EC", "localhost");
    TestCertificate second = TestCertificate.in(home, "b", "RSA", "localhost");
    try (Run serve = Run.serve(home, List.of(), configuration("a", "a"))) {
      String base = serve.find("answers at (https://127\\.0\\.0\\.1:\\d+)");
      Certificate old = shown(base, first);

      Files.writeString(home.resolve("tayyar.yaml"), configuration("b", "a"));
      serve.signal("HUP");
      Awaitility.await("the reload to be refused")
          .atMost(TestGateway.SOON)
          .until(() -> serve.err().contains("the configuration was not reloaded"));
      assertThat(shown(base, first)).isEqualTo(old);

      Files.writeString(home.resolve("tayyar.yaml"), configuration("b", "b"));
      serve.signal("HUP");
      Awaitility.await("the new certificate")
          .atMost(TestGateway.SOON)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(shown(base, second)).isNotEqualTo(old));
    }
  }

  @ParameterizedTest
  @CsvSource({"true,HTTP_2", "false,HTTP_1_1"})
  void http2IsSpokenUnlessItIsSwitchedOff(boolean on, HttpClient.Version spoken) throws Exception {
    TestCertificate one = TestCertificate.in(home, "a", "EC", "localhost");
    String config = configuration("a", "a") + "http2: " + on + "\n";
    try (Run serve = Run.serve(home, List.of(), config);
        HttpClient client = HttpClient.newBuilder().sslContext(one.trusting()).build()) {
      String base = serve.find("answers at (https://127\\.0\\.0\\.1:\\d+)");
      HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/health")).build();
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.version()).isEqualTo(spoken);
    }
  }
}
