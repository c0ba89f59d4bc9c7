package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.OverTls;

/** The same over TLS. */
@OverTls
class CurlOverTlsTest extends CurlTest {
  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.3"})
  void bothVersions(String version) throws Exception {
    try (Curl curl =
        Curl.start("--tlsv" + version, "--tls-max", version, GATEWAY.baseUrl() + "/models")) {
      assertThat(curl.rest()).isZero();
      assertThat(curl.seen().toString()).contains("\"id\":\"sim\"");
    }
  }
}
