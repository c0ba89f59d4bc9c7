package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bounds;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** A client ends its sending side after its request, and still reads the answer. */
@Tag("socket")
class HalfCloseTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.streaming(Bounds.DEFAULT);

  private static final String HEALTH = Requests.bare("GET", "/health");

  static String post(String key, String text, boolean stream) {
    return Requests.post(key, Requests.chat(TestGateway.MODEL, text, stream).toString());
  }

  private static Response answer(RawHttp client) throws IOException {
    return client.body(client.lastHead());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void getsTheAnswerThatHadNotBegun(boolean stream) throws IOException {
    String key = GATEWAY.newKey(10);
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post(key, "[[tokens=5 hold@0]]", stream)).endOutput();
      ReceivedRequest upstream = GATEWAY.upstream();
      upstream.awaitHeld(TestGateway.SOON);
      assertThat(client.head().status()).as("a sign of life").isEqualTo(100);
      assertThat(client.head().status()).as("another one").isEqualTo(100);
      upstream.release();

      Response response = answer(client);
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.field("Connection")).isEqualTo("close");
      assertThat(client.closesSilently()).isTrue();
      assertThat(upstream.awaitEnd(TestGateway.SOON))
          .isEqualTo(new ReceivedRequest.ResponseEnd(How.WRITTEN, 5));
      assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("completed");
      assertThat(GATEWAY.rowOf(key).completionTokens()).isEqualTo(5);
    }
  }

  @Test
  void getsTheRestOfAStream() throws IOException {
    String key = GATEWAY.newKey(10);
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post(key, "[[tokens=5 hold@2]]", true));
      ReceivedRequest upstream = GATEWAY.upstream();
      upstream.awaitHeld(TestGateway.SOON);
      RawHttp.Head head = client.head();
      var text = new StringBuilder();
      while (text.indexOf("finish_reason") < 0) {
        text.append(client.chunk().text());
      }
      client.endOutput();
      while (text.indexOf("\n\n:\n\n") < 0) {
        text.append(client.chunk().text());
      }
      upstream.release();

      assertThat(client.body(head).text()).endsWith("data: [DONE]\n\n");
      assertThat(client.closesSilently()).isTrue();
      assertThat(GATEWAY.rowOf(key).completionTokens()).isEqualTo(5);
    }
  }

  @Test
  void getsAllAnswersToWhatItHasSent() throws IOException {
    String key = GATEWAY.newKey(10);
    try (RawHttp client = GATEWAY.connect()) {
      String chat = post(key, "[[tokens=2]]", false);
      client.send(HEALTH + chat + HEALTH + chat + HEALTH).endOutput();
      for (int i = 0; i < 5; i++) {
        assertThat(answer(client).status()).isEqualTo(200);
      }
      assertThat(client.closesSilently()).isTrue();
    }
  }

  @Test
  void getsAnErrorAndALargeAnswer() throws IOException {
    String large = post(GATEWAY.key(), "[[tokens=4 size=1000000 first=0ms pace=0ms]]", false);
    try (RawHttp client = RawHttp.to(GATEWAY.address(), 16 * 1024)) {
      client.send(large).endOutput();
      assertThat(answer(client).text()).hasSizeGreaterThan(4_000_000);
    }
    try (RawHttp client = GATEWAY.connect()) {
      assertThat(answer(client.send(post("sk-no", "x", true)).endOutput()).status()).isEqualTo(401);
      assertThat(client.closesSilently()).isTrue();
    }
  }

  /** A request that did not come whole is not answered by a model. */
  @ParameterizedTest
  @ValueSource(ints = {1, 30, 100})
  void halfARequestIsNotAnswered(int missing) throws IOException {
    String key = GATEWAY.newKey(10);
    String post = post(key, "[[tokens=1]]", true);
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post.substring(0, post.length() - missing)).endOutput();
      assertThat(client.closesSilently()).isTrue();
    }
    try (RawHttp client = GATEWAY.connect()) {
      client.send(HEALTH + post.substring(0, 40)).endOutput();
      assertThat(answer(client).status()).isEqualTo(200);
      assertThat(client.closesSilently()).isTrue();
    }
    try (RawHttp client = GATEWAY.connect()) {
      assertThat(client.endOutput().closesSilently()).isTrue();
    }
    assertThat(GATEWAY.rowsOf(key)).isEmpty();
  }

  /** A request is refused by its head, and its body never comes. */
  @ParameterizedTest
  @ValueSource(ints = {10, 200_000})
  void aRefusalBeforeTheBody(int length) throws IOException {
    String head =
        Requests.post("sk-nobody", "").replace("Content-Length: 0", "Content-Length: " + length);
    try (RawHttp client = GATEWAY.connect()) {
      assertThat(answer(client.send(head + "abc").endOutput()).status()).isEqualTo(401);
      assertThat(client.closesSilently()).isTrue();
    }
  }
}
