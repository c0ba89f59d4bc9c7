package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** The CORS fields by which a browser lets pages of other origins read our answers. */
@Tag("socket")
class CorsTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static Response preflight(String path, String asked) throws IOException {
    return GATEWAY.send(
        "OPTIONS "
            + path
            + " HTTP/1.1\r\nHost: test\r\nOrigin: http://elsewhere\r\n"
            + "Access-Control-Request-Method: POST\r\n"
            + (asked.isEmpty() ? "" : "Access-Control-Request-Headers: " + asked + "\r\n")
            + "\r\n");
  }

  private static List<String> list(String field) {
    return Arrays.asList(field.toLowerCase(Locale.ROOT).split(" *, *", -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/chat/completions", "/v1/models", "/v1/models/sim", "/v1/embeddings"})
  void preflightNeedsNoKey(String path) throws IOException {
    Response response = preflight(path, "authorization,content-type");

    assertThat(response.status()).isIn(200, 204);
    assertThat(response.text()).isEmpty();
    assertThat(response.field("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(list(response.field("Access-Control-Allow-Methods"))).contains("post", "get");
    assertThat(list(response.field("Access-Control-Allow-Headers")))
        .contains("authorization", "content-type");
    assertThat(response.field("Access-Control-Max-Age")).isEqualTo("7200");
    assertThat(response.head().has("Access-Control-Allow-Credentials")).isFalse();
    assertThat(response.field("X-Request-Id")).isNotEmpty();
  }

  @Test
  void preflightAllowsWhatIsAskedFor() throws IOException {
    String asked =
        "authorization,content-type,x-stainless-arch,x-stainless-lang,x-stainless-os,"
            + "x-stainless-package-version,x-stainless-retry-count,x-stainless-runtime,"
            + "x-stainless-runtime-version,x-stainless-timeout";

    Response response = preflight("/v1/chat/completions", asked);

    assertThat(list(response.field("Access-Control-Allow-Headers"))).containsAll(list(asked));
    assertThat(list(response.field("Vary"))).contains("access-control-request-headers");
  }

  @Test
  void preflightWithoutWishesAllowsTheKey() throws IOException {
    assertThat(list(preflight("/v1/chat/completions", "").field("Access-Control-Allow-Headers")))
        .contains("authorization", "content-type");
  }

  @Test
  void wishesThatAreNoNamesAreNotRepeated() throws IOException {
    Response response = preflight("/v1/models", "x-a: b; <script>");

    assertThat(response.field("Access-Control-Allow-Headers")).doesNotContain("script");
  }

  @Test
  void answersAndErrorsMayBeRead() throws IOException {
    for (String request :
        List.of(
            Requests.post(GATEWAY.key(), Requests.chat("sim", "[[tokens=1]]", true).toString()),
            Requests.post(GATEWAY.key(), "{}"),
            Requests.post("sk-wrong", "{}"),
            Requests.bare("GET", "/nowhere"),
            Requests.bare("PUT", "/v1/models"))) {
      Response response = GATEWAY.send(request);

      assertThat(response.field("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(list(response.field("Access-Control-Expose-Headers")))
          .contains(
              "x-request-id",
              "retry-after",
              "x-ratelimit-limit-requests",
              "x-ratelimit-remaining-requests");
    }
  }
}
