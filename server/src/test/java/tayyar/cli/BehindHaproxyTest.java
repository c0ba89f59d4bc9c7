package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Proxy;
import tayyar.testing.RawHttp;

/** HAProxy asks each gateway whether it is ready. */
class BehindHaproxyTest extends BehindProxies {
  @Override
  Proxy.Kind kind() {
    return Proxy.Kind.HAPROXY;
  }

  @Override
  Pattern silences() {
    return Pattern.compile("timeout (?:client|server) (\\d+)h");
  }

  /** It would still take them. */
  @Test
  void aGatewayThatIsNotReadyGetsNoNewRequest() throws IOException {
    start("deadlines: { preStop: 60s }");
    try (RawHttp client = held()) {
      int leaving = gateways().answering();
      ReceivedRequest upstream = taken(leaving);
      gateways().run(leaving).signal("TERM");
      await("the proxy to notice")
          .atMost(SOON)
          .until(() -> proxy().said().contains("Server gateways/" + "abc".charAt(leaving)));
      long before = gateways().upstream(leaving).requests();
      assertAnswers(4 * Gateways.COUNT);
      assertThat(gateways().upstream(leaving).requests()).isEqualTo(before);
      assertThat(gateways().readiness(leaving)).isEqualTo(503);
      try (RawHttp direct = RawHttp.to(gateways().at(leaving))) {
        assertThat(direct.send(post("hi")).response().field("Connection")).isEqualTo("close");
      }
      upstream.release();
      readTo(client, "[DONE]");
    }
  }
}
