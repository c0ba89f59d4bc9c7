package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tayyar.testing.Http2Frames;
import tayyar.testing.OverHttp2;

/**
 * The same over HTTP/2. It has no word for a target with a scheme (malformed, see {@code
 * Http2Test}), none for the end of a connection behind one answer, and bytes that are no request
 * are none of its frames. A body that is too large ends its stream alone, and what of a head is too
 * long by far ends the connection ({@code Http2BoundsTest}).
 */
@OverHttp2
class HttpOverHttp2Test extends HttpTest {
  /** More than a head may have, by less than a quarter. */
  @Override
  String tooLong() {
    return "x".repeat(34_000);
  }

  @Test
  @Override
  void bodyTooLargeIsToldToOneWhoGoesOnSending() throws IOException {
    try (Http2Frames client = Http2Frames.to(GATEWAY.address())) {
      client.headers(1, false, Http2Frames.chatFields(GATEWAY.key(), "content-length", "2000000"));
      assertThat(client.status(1)).isEqualTo(413);
      assertThat(client.body(1)).contains("body_too_large");
      for (int i = 0; i < 10; i++) {
        client.send(Http2Frames.DATA, 0, 1, new byte[10_000]);
      }
      assertThat(client.await(Http2Frames.RST_STREAM, 1).number(0)).isZero();
      client.get(3, "/health");
      assertThat(client.status(3)).isEqualTo(200);
    }
  }

  @Override
  void aTargetMayHaveAScheme() {}

  @Override
  void connectionClosesWhereAsked() {}

  @Override
  List<String> allKinds() {
    List<String> all = super.allKinds();
    return all.subList(0, all.size() - 1);
  }
}
