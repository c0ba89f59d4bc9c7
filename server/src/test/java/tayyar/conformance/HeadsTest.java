package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** A request is admitted or refused by its head; an unwanted body is not waited for. */
@Tag("socket")
class HeadsTest {
  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.with(Bounds.DEFAULT.with(Bound.BODY_BYTES, 100_000));

  private static final String HEALTH = Requests.bare("GET", "/health");

  /** Returns the head of a chat whose body never comes. */
  private static String head(String key, int length, String fields) {
    return Requests.post(key, "", fields).replace("Content-Length: 0", "Content-Length: " + length);
  }

  @Test
  void aWrongKeyIsToldBeforeTheBody() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      Response refused = client.send(head("sk-nobody", 10, "")).response();
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.head().has("Connection")).isFalse();

      client.send("0123456789" + HEALTH);
      assertThat(client.response().status()).as("the next request").isEqualTo(200);
    }
  }

  @Test
  void aLongBodyOfAWrongKeyIsNotReadToItsEnd() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      Response refused = client.send(head("sk-nobody", 90_000, "")).response();
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.field("Connection")).isEqualTo("close");
      assertThat(client.closesSilently()).isTrue();
    }
  }

  @Test
  void chunksOfAWrongKeyAreReadOverUpToABound() throws IOException {
    String chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
    String head =
        head("sk-nobody", 0, "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
    try (RawHttp client = GATEWAY.connect()) {
      assertThat(client.send(head).response().status()).isEqualTo(401);
      client.send(chunk.repeat(3) + "0\r\n\r\n" + HEALTH);
      assertThat(client.response().status()).isEqualTo(200);
    }
    try (RawHttp client = GATEWAY.connect()) {
      assertThat(client.send(head).response().status()).isEqualTo(401);
      client.send(chunk.repeat(20));
      assertThat(client.closesSilently()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sk-nobody"})
  void nobodyIsToldToGoOnWithoutAKey(String key) throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      client.send(head(key, 10, "Expect: 100-continue\r\n"));
      RawHttp.Head first = client.head();
      assertThat(first.status()).isEqualTo(401);
      assertThat(first.field("Connection")).isEqualTo("close");
    }
  }

  @Test
  void aBodyThatIsTooLargeIsToldBeforeItComes() throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      Response refused = client.send(head(GATEWAY.key(), 100_001, "")).response();
      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.field("Connection")).isEqualTo("close");
    }
  }

  @Test
  void anotherMediaTypeIsToldBeforeTheBody() throws IOException {
    String text = head(GATEWAY.key(), 10, "").replace("application/json", "text/plain");
    try (RawHttp client = GATEWAY.connect()) {
      assertThat(client.send(text).response().status()).isEqualTo(415);
      client.send("0123456789" + HEALTH);
      assertThat(client.response().status()).isEqualTo(200);
    }
  }

  @Test
  void aPageNeedsNoBodyButMayHaveOne() throws IOException {
    String get = HEALTH.replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nabcde");
    try (RawHttp client = GATEWAY.connect()) {
      client.send(get + get);
      assertThat(client.response().status()).isEqualTo(200);
      assertThat(client.response().status()).isEqualTo(200);
    }
  }

  /** It counts against the key's limit, has no row, and its place is freed with its connection. */
  @Test
  void aRequestWhoseBodyNeverComesStaysCounted() throws IOException {
    String key = GATEWAY.newKey(2);
    try (RawHttp client = GATEWAY.connect()) {
      client.send(head(key, 10, "Expect: 100-continue\r\n"));
      assertThat(client.head().status()).isEqualTo(100);
    }
    String one = Requests.post(key, Requests.chat(TestGateway.MODEL, "[[tokens=1]]", true) + "");
    assertThat(GATEWAY.send(one).field("X-RateLimit-Remaining-Requests")).isEqualTo("0");
    assertThat(GATEWAY.send(one).status()).isEqualTo(429);
    GATEWAY.assertNothingLeft();
    Awaitility.await("rows of the two that were answered")
        .atMost(TestGateway.SOON)
        .until(() -> GATEWAY.rowsOf(key).size() == 2);
  }

  /** The rate limit is checked when a pipelined request's turn comes, not when its bytes arrive. */
  @Test
  void aPipelinedRequestIsLetInWhenItsTurnComes() throws IOException {
    String key = GATEWAY.newKey(1);
    String body = Requests.chat(TestGateway.MODEL, "[[tokens=4 hold@2]]", true).toString();
    try (RawHttp client = GATEWAY.connect()) {
      client.send(Requests.post("sk-nobody", "{}") + Requests.post(key, body) + HEALTH);
      assertThat(client.response().status()).isEqualTo(401);
      var held = GATEWAY.upstream();
      held.awaitHeld(TestGateway.SOON);
      GATEWAY.revoke(key);
      assertThat(client.response().events().error().path("code").asString())
          .isEqualTo("key_revoked");
      assertThat(client.response().status()).isEqualTo(200);
    }
  }
}
