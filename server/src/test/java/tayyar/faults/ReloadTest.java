package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** Models and targets change while streams are running: none of them is cut. */
@Tag("socket")
class ReloadTest {
  private static final String ASK = "[[tokens=6 hold@3]]";

  @Test
  void aRunningStreamStaysAndNewOnesGoToTheNewTarget() throws IOException {
    try (var fleet =
        TestFleet.start(
            List.of("", ""),
            all -> List.of(TestFleet.model("pair", TestFleet.rules(), all.subList(0, 1))))) {
      try (RawHttp client = fleet.connect()) {
        String body = Requests.chat("pair", ASK, true).toString();
        client.send(Requests.post(fleet.key(), body));
        ReceivedRequest running = fleet.simulator(0).next(TestGateway.SOON);
        running.awaitHeld(TestGateway.SOON);

        fleet.reload(all -> List.of(TestFleet.model("pair", TestFleet.rules(), all.subList(1, 2))));
        Response next = fleet.stream("[[tokens=2]]");
        running.release();

        assertThat(next.field("X-Tayyar-Target")).isEqualTo("t1");
        Response first = client.response();
        assertThat(first.events().finishReason()).isEqualTo("stop");
        assertThat(first.events().content().split(" ", -1)).hasSize(7);
        assertThat(fleet.row(first).target()).isEqualTo("t0");
      }
    }
  }

  @Test
  void aModelThatIsGoneEndsNoStream() throws IOException {
    try (var fleet = TestFleet.pair("")) {
      try (RawHttp client = fleet.connect()) {
        String body = Requests.chat(TestFleet.MODEL, ASK, true).toString();
        client.send(Requests.post(fleet.key(), body));
        ReceivedRequest running = fleet.simulator(0).next(TestGateway.SOON);
        running.awaitHeld(TestGateway.SOON);

        fleet.reload(all -> List.of(TestFleet.model("other", TestFleet.rules(), all)));
        assertThat(fleet.stream("[[tokens=2]]").status()).isEqualTo(404);
        assertThat(fleet.chat(Requests.chat("other", "[[tokens=2]]", true)).status())
            .isEqualTo(200);
        running.release();

        assertThat(client.response().events().finishReason()).isEqualTo("stop");
      }
    }
  }

  @Test
  void aContradictoryConfigurationChangesNothing() throws IOException {
    try (var fleet = TestFleet.pair("")) {
      Fleet.Rules plain = TestFleet.rules();
      var rules =
          new Fleet.Rules(plain.policy(), List.of("nobody"), 9, Streams.WANTED, TestFleet.QUICK);
      assertThatThrownBy(() -> fleet.reload(all -> List.of(TestFleet.model("other", rules, all))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nobody");

      assertThat(fleet.stream("[[tokens=2]]").status()).isEqualTo(200);
    }
  }
}
