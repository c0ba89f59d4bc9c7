package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Events;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** Keys and their rate limits. */
@Tag("socket")
class KeysTest {
  /** The store is checked every 200 ms; the rest is for a busy machine. */
  private static final Duration REVOKED = Duration.ofSeconds(2);

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static String chat(String text) {
    return Requests.chat(TestGateway.MODEL, text, true).toString();
  }

  private static void assertUnauthorized(Response response, String code) {
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.error().path("type").asString()).isEqualTo("authentication_error");
    assertThat(response.error().path("code").asString()).isEqualTo(code);
    assertThat(response.head().has("X-RateLimit-Limit-Requests")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: Bearer sk-00000000000000000000000000000000\r\n",
        "Authorization: Bearer نهر\r\n",
        "Authorization: Basic c2stMTpzay0x\r\n",
        "X-Api-Key: KEYa\r\n",
        "X-Api-Key: Bearer KEY\r\n",
        "Authorization: Bearer\r\nX-Api-Key: KEY\r\n",
        "Authorization: KEY\r\n",
        "Authorization: Bearer KEYa\r\n",
        "Authorization: Bearer KEY, Bearer KEY\r\n",
      })
  void withoutAGoodKeyNothingIsAnswered(String field) throws IOException {
    long before = GATEWAY.simulator().requests();
    String fields = field.replace("KEY", GATEWAY.key());

    Response response = GATEWAY.send(Requests.post("", chat("[[tokens=1]]"), fields));

    assertUnauthorized(response, "invalid_api_key");
    assertThat(GATEWAY.simulator().requests()).isEqualTo(before);
    assertThat(response.text()).doesNotContain(GATEWAY.key());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "bearer", "BEARER"})
  void theSchemesCaseDoesNotMatter(String scheme) throws IOException {
    String field = "Authorization: " + scheme + " " + GATEWAY.key() + "\r\n";

    assertThat(GATEWAY.send(Requests.post("", chat("[[tokens=1]]"), field)).status())
        .isEqualTo(200);
  }

  @Test
  void aBadKeyIsToldBeforeABadBody() throws IOException {
    assertUnauthorized(GATEWAY.send(Requests.post("sk-wrong", "{")), "invalid_api_key");
  }

  @Test
  void theKeyIsNotHandedOn() throws IOException {
    GATEWAY.send(Requests.post(GATEWAY.newKey(10), chat("[[tokens=1]] not handed on")));

    ReceivedRequest received = GATEWAY.upstream();
    assertThat(received.header("Authorization")).isEmpty();
  }

  @Test
  void limitIsToldAndKept() throws IOException {
    String key = GATEWAY.newKey(3);
    for (int left = 2; left >= 0; left--) {
      Response response = GATEWAY.send(Requests.post(key, chat("[[tokens=1]]")));
      assertThat(response.field("X-RateLimit-Limit-Requests")).isEqualTo("3");
      assertThat(response.field("X-RateLimit-Remaining-Requests")).isEqualTo("" + left);
    }

    Response refused = GATEWAY.send(Requests.post(key, chat("[[tokens=1]]")));

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.error().path("type").asString()).isEqualTo("rate_limit_error");
    assertThat(refused.error().path("code").asString()).isEqualTo("rate_limit_exceeded");
    assertThat(Integer.parseInt(refused.field("Retry-After"))).isBetween(1, 61);
    assertThat(refused.field("X-RateLimit-Remaining-Requests")).isEqualTo("0");
    assertThat(GATEWAY.row(refused).status()).isEqualTo(429);
    assertThat(GATEWAY.send(Requests.post(GATEWAY.key(), chat("[[tokens=1]]"))).status())
        .isEqualTo(200);
  }

  @Test
  void revokedKeyIsRefusedWithoutARestart() throws IOException {
    String key = GATEWAY.newKey(1000);
    assertThat(GATEWAY.send(Requests.post(key, chat("[[tokens=1]]"))).status()).isEqualTo(200);
    GATEWAY.revoke(key);

    Awaitility.await()
        .atMost(REVOKED)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> GATEWAY.send(Requests.post(key, chat("[[tokens=1]]"))).status() == 401);

    assertUnauthorized(GATEWAY.send(Requests.post(key, chat("[[tokens=1]]"))), "key_revoked");
  }

  @Test
  void revokedKeysStreamEndsWithAnError() throws IOException {
    String key = GATEWAY.newKey(1000);
    try (RawHttp client = GATEWAY.connect()) {
      client.send(Requests.post(key, chat("[[tokens=9 hold@3]] revoked midway")));
      ReceivedRequest received = GATEWAY.upstream();
      received.awaitHeld(TestGateway.SOON);
      GATEWAY.revoke(key);

      Response response = client.response();

      Events events = response.events();
      assertThat(events.error().path("code").asString()).isEqualTo("key_revoked");
      assertThat(events.finishReason()).isEmpty();
      assertThat(events.done()).isTrue();
      assertThat(received.awaitEnd(TestGateway.SOON))
          .isEqualTo(new ReceivedRequest.ResponseEnd(ReceivedRequest.How.PEER_LEFT, 3));
      assertThat(GATEWAY.row(response).outcome()).isEqualTo("failed");
    }
  }
}
