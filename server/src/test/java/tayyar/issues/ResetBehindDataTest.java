package tayyar.issues;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** A reset right behind data was not noticed once: the stream ended by a timeout only. */
@Tag("socket")
class ResetBehindDataTest {
  private static final int TIMES = 20;

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  /** One whose upstream is in good repute. */
  @RegisterExtension static final TestGateway OTHER = TestGateway.usual();

  @RepeatedTest(TIMES)
  void ofTheUpstream() throws IOException {
    Response response = GATEWAY.stream("[[tokens=5 reset@0]]");

    assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.WRITTEN, 0));
    assertThat(GATEWAY.row(response).outcome()).isEqualTo("failed");
  }

  /** The kernel may throw the request away with the connection: then there is no row. */
  @Test
  void ofTheClient() throws IOException {
    String key = OTHER.newKey(100);
    String body = Requests.chat(TestGateway.MODEL, "[[tokens=5 hold@0]]", true).toString();
    for (int i = 0; i < TIMES; i++) {
      RawHttp client = OTHER.connect();
      client.send(Requests.post(key, body));
      client.reset();
    }
    assertThat(OTHER.stream("somebody else").status()).isEqualTo(200);
    OTHER.assertNothingLeft();

    assertThat(OTHER.rowsOf(key)).allMatch(row -> row.status() == 499);
  }
}
