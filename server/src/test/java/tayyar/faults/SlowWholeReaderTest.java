package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.TestGateway;

/** A client reads a large answer for longer than the deadline of a stalled client. */
@Tag("socket")
class SlowWholeReaderTest {
  private static final Duration STALL = Duration.ofSeconds(3);
  private static final int MEGABYTES = 14;

  private static final Bounds BOUNDS = Bounds.DEFAULT.with(Deadline.CLIENT_STALL, STALL);

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.with(BOUNDS);

  /**
   * One write of the whole answer, which the socket takes piece by piece for longer than that
   * deadline.
   */
  @Test
  void aLargeAnswerThatIsReadSlowlyIsReadToItsEnd() throws IOException {
    String key = GATEWAY.newKey(10);
    String text = "[[tokens=" + MEGABYTES + " size=1000000 first=0ms pace=0ms]]";
    try (RawHttp client = RawHttp.to(GATEWAY.address(), 16 * 1024)) {
      client.send(Requests.post(key, Requests.chat(TestGateway.MODEL, text, false).toString()));
      RawHttp.Head head = client.head();
      int end = client.offset() + Integer.parseInt(head.field("Content-Length"));
      Awaitility.await("the answer to be read")
          .atMost(Duration.ofSeconds(60))
          .pollInterval(STALL.dividedBy(5))
          .until(() -> client.readAhead(Math.min(end - client.readAhead(0), 1_000_000)) == end);

      assertThat(client.body(head).json().path("choices").size()).isEqualTo(1);
      assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("completed");
    }
  }
}
