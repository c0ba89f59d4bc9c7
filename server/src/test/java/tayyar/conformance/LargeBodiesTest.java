package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** Bodies that are read beside the event loops. */
@Tag("socket")
class LargeBodiesTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static final String LONG = "x".repeat(300_000);

  @Test
  void aLongConversationIsAnswered() throws IOException {
    for (boolean stream : new boolean[] {false, true}) {
      Response response = GATEWAY.chat(Requests.chat("sim", LONG, stream));

      assertThat(response.status()).isEqualTo(200);
      assertThat(GATEWAY.upstream().body().toString()).contains(LONG);
      assertThat(GATEWAY.row(response).status()).isEqualTo(200);
    }
  }

  @Test
  void theFaultOfALargeBodyIsTold() throws IOException {
    String broken = Requests.chat("sim", LONG, false).toString().replaceFirst(".$", "");
    Response response = GATEWAY.send(Requests.post(GATEWAY.key(), broken));

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("invalid_json");
    assertThat(GATEWAY.row(response).status()).isEqualTo(400);
  }

  @Test
  void aNameOfMegabytesIsRepeatedShortAndWrittenShort() throws IOException {
    Response response = GATEWAY.chat(Requests.chat(LONG.repeat(30), "Hi", false));

    assertThat(response.status()).isEqualTo(404);
    assertThat(response.text()).hasSizeLessThan(600);
    assertThat(GATEWAY.row(response).status()).isEqualTo(404);
  }

  /** One key's bodies are read one after the other; a client that leaves meanwhile has its row. */
  @Test
  void aClientThatLeavesMeanwhileHasItsRow() throws IOException {
    String key = GATEWAY.newKey(1000);
    String slow = "{\"model\":\"none\",\"x\":[" + "[],".repeat(3_000_000) + "[]]}";
    List<RawHttp> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(GATEWAY.connect().send(Requests.post(key, slow)));
    }
    assertThat(clients.getFirst().response().status()).isEqualTo(400);
    for (RawHttp client : clients) {
      client.close();
    }

    Awaitility.await("a row of each request")
        .atMost(TestGateway.SOON)
        .until(() -> GATEWAY.rowsOf(key).size() == clients.size());
    assertThat(GATEWAY.rowsOf(key))
        .extracting(LedgerRow::status)
        .contains(400)
        .isSubsetOf(400, 499);
  }
}
