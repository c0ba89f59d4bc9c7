package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.OverHttp2;
import tayyar.testing.RawHttp;
import tayyar.testing.TestGateway;

/**
 * The same over HTTP/2, where a request ends with its stream's flag and not with the connection's
 * side: all other tests of HTTP/2 are of clients that have ended theirs so. Who ends the
 * connection's side could neither open windows nor answer a PING any more, and has left: what gets
 * its answers over HTTP/1.1 has no meaning here.
 */
@OverHttp2
class HalfCloseOverHttp2Test extends HalfCloseTest {
  @Test
  void whoEndsTheConnectionsSideHasLeft() throws IOException {
    String key = GATEWAY.newKey(10);
    try (RawHttp client = GATEWAY.connect()) {
      client.send(post(key, "[[tokens=5 hold@0]]", true));
      ReceivedRequest upstream = GATEWAY.upstream();
      upstream.awaitHeld(TestGateway.SOON);
      client.endOutput();

      assertThat(upstream.awaitEnd(TestGateway.SOON))
          .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 0));
      assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("client_gone");
      assertThat(client.closesSilently()).isTrue();
    }
  }

  @Override
  void getsTheAnswerThatHadNotBegun(boolean stream) {}

  @Override
  void getsTheRestOfAStream() {}

  @Override
  void getsAllAnswersToWhatItHasSent() {}

  @Override
  void getsAnErrorAndALargeAnswer() {}

  @Override
  void aRefusalBeforeTheBody(int length) {}
}
