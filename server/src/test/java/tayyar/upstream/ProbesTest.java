package tayyar.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.testing.TestGateway;

@Tag("socket")
class ProbesTest {
  @Test
  void aTargetIsUpThenDownThenUpAgain() throws Exception {
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var found = new LinkedBlockingQueue<Boolean>();
    InetSocketAddress at;
    try (var probes = new Probes(Duration.ofMillis(50), (target, up) -> found.add(up))) {
      try (var simulator = Simulator.start(any, Script.of(""))) {
        at = simulator.address();
        var address = new Address.Tcp("127.0.0.1", at.getPort(), false);
        probes.watch(Map.of(new Target("t", address, "/v1", "m", "secret"), "/v1/models"));
        var asked = simulator.next(TestGateway.SOON);
        assertThat(asked.method()).isEqualTo("GET");
        assertThat(asked.uri()).isEqualTo("/v1/models");
        assertThat(asked.header("Authorization")).isEqualTo("Bearer secret");
        assertThat(found.poll(10, TimeUnit.SECONDS)).isTrue();
      }
      await(found, false);
      try (var again = Simulator.start(at, Script.of(""))) {
        await(found, true);
        assertThat(again.failures()).isEmpty();
      }
    }
  }

  private static void await(LinkedBlockingQueue<Boolean> found, boolean up) throws Exception {
    Boolean next = found.poll(10, TimeUnit.SECONDS);
    while (next != null && next != up) {
      next = found.poll(10, TimeUnit.SECONDS);
    }
    assertThat(next).isEqualTo(up);
  }
}
