package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.Offer;
import tayyar.api.Bounds;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;
import tayyar.testing.Gates;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** Targets have a capacity; some more requests wait, the rest is refused. */
@Tag("socket")
class CapacityTest {
  private static final String ASK = "[[tokens=4 hold@2]]";

  private static TestFleet narrow(int queue, String... scripts) throws IOException {
    return narrow(TestGateway.SOON, queue, scripts);
  }

  private static TestFleet narrow(Duration firstToken, int queue, String... scripts)
      throws IOException {
    Bounds bounds = Gates.answer(firstToken, TestGateway.SOON, Duration.ofMinutes(1));
    Fleet.Rules plain = TestFleet.rules();
    var rules = new Fleet.Rules(plain.policy(), List.of(), queue, Streams.WANTED, bounds);
    return TestFleet.start(List.of(scripts), all -> List.of(model(rules, all)));
  }

  private static Offer model(Fleet.Rules rules, List<Target> targets) {
    return new Offer.Remote(
        new Model(TestFleet.MODEL, 1_767_225_600, "tests", null, null, List.of()),
        targets.stream().map(target -> new Fleet.Member(target, 1, 1)).toList(),
        rules,
        Map.of());
  }

  private static RawHttp ask(TestFleet fleet, String key) throws IOException {
    String body = Requests.chat(TestFleet.MODEL, ASK, true).toString();
    return fleet.connect().send(Requests.post(key, body));
  }

  @Test
  void waitingRequestsAreServedAndTheRestIsRefused() throws IOException {
    try (var fleet = narrow(1, "");
        RawHttp first = ask(fleet, fleet.key())) {
      ReceivedRequest held = fleet.simulator(0).next(TestGateway.SOON);
      held.awaitHeld(TestGateway.SOON);
      try (RawHttp second = ask(fleet, fleet.key())) {
        Awaitility.await().until(() -> fleet.waiting() == 1);
        Response third = fleet.stream(ASK);
        assertThat(third.status()).isEqualTo(503);
        assertThat(third.error().path("code").asString()).isEqualTo("queue_full");
        assertThat(third.field("Retry-After")).isEqualTo("1");
        LedgerRow row = fleet.row(third);
        assertThat(row.attempts()).isZero();
        assertThat(row.target()).isEmpty();
        assertThat(fleet.simulator(0).requests()).isEqualTo(1);

        held.release();
        assertThat(first.response().events().finishReason()).isEqualTo("stop");
        ReceivedRequest next = fleet.simulator(0).next(TestGateway.SOON);
        next.awaitHeld(TestGateway.SOON);
        next.release();
        assertThat(second.response().events().finishReason()).isEqualTo("stop");
      }
    }
  }

  @Test
  void tooLongAWaitIsTold() throws IOException {
    try (var fleet = narrow(Duration.ofSeconds(1), 9, "");
        RawHttp first = ask(fleet, fleet.key())) {
      ReceivedRequest held = fleet.simulator(0).next(TestGateway.SOON);
      held.awaitHeld(TestGateway.SOON);
      Response second = fleet.stream(ASK);
      assertThat(second.status()).isEqualTo(503);
      assertThat(second.error().path("code").asString()).isEqualTo("queue_full");
      assertThat(fleet.row(second).attempts()).isZero();
      held.release();
      assertThat(first.response().events().finishReason()).isEqualTo("stop");
      assertThat(fleet.simulator(0).requests()).isEqualTo(1);
    }
  }

  @Test
  void aRequestThatLeavesTheQueueIsNeverSent() throws IOException {
    try (var fleet = narrow(9, "");
        RawHttp first = ask(fleet, fleet.key())) {
      ReceivedRequest held = fleet.simulator(0).next(TestGateway.SOON);
      held.awaitHeld(TestGateway.SOON);
      try (RawHttp second = ask(fleet, fleet.key())) {
        Awaitility.await().until(() -> fleet.waiting() == 1);
        second.reset();
        Awaitility.await().until(() -> fleet.waiting() == 0);
      }
      held.release();
      first.response();
      fleet.assertNothingLeft();
      assertThat(fleet.simulator(0).requests()).isEqualTo(1);
      LedgerRow row = fleet.rowOfWhoLeft();
      assertThat(row.outcome()).isEqualTo("client_gone");
      assertThat(row.attempts()).isZero();
    }
  }

  @Test
  void aFullTargetIsPassedOver() throws IOException {
    try (var fleet = narrow(9, "", "");
        RawHttp first = ask(fleet, fleet.key())) {
      ReceivedRequest held = fleet.simulator(0).next(TestGateway.SOON);
      held.awaitHeld(TestGateway.SOON);
      Response second = fleet.stream("[[tokens=4]]");
      assertThat(second.field("X-Tayyar-Target")).isEqualTo("t1");
      held.release();
      assertThat(first.response().field("X-Tayyar-Target")).isEqualTo("t0");
    }
  }

  @Test
  void aRequestThatWaitsForAFailingTargetGoesOn() throws IOException {
    try (var fleet = narrow(9, "", "");
        RawHttp first = ask(fleet, fleet.key())) {
      ReceivedRequest one = fleet.simulator(0).next(TestGateway.SOON);
      one.awaitHeld(TestGateway.SOON);
      try (RawHttp second = ask(fleet, fleet.key())) {
        ReceivedRequest two = fleet.simulator(1).next(TestGateway.SOON);
        two.awaitHeld(TestGateway.SOON);
        try (RawHttp third = ask(fleet, fleet.key())) {
          Awaitility.await().until(() -> fleet.waiting() == 1);
          fleet.simulator(0).script(Script.of("status=500"));
          one.release();
          assertThat(first.response().events().finishReason()).isEqualTo("stop");
          // The third has failed at the first target and waits for the second now.
          Awaitility.await().until(() -> fleet.simulator(0).requests() == 2);
          two.release();
          assertThat(second.response().events().finishReason()).isEqualTo("stop");
          serve(fleet, 1);
          Response answer = third.response();
          assertThat(answer.events().finishReason()).isEqualTo("stop");
          assertThat(fleet.row(answer).attempts()).isEqualTo(2);
        }
      }
    }
  }

  @Test
  void keysTakeTurns() throws IOException {
    try (var fleet = narrow(9, "");
        RawHttp first = ask(fleet, fleet.key())) {
      String other = fleet.newKey();
      ReceivedRequest held = fleet.simulator(0).next(TestGateway.SOON);
      held.awaitHeld(TestGateway.SOON);
      try (RawHttp second = ask(fleet, fleet.key())) {
        Awaitility.await().until(() -> fleet.waiting() == 1);
        try (RawHttp third = ask(fleet, fleet.key())) {
          Awaitility.await().until(() -> fleet.waiting() == 2);
          try (RawHttp theirs = ask(fleet, other)) {
            Awaitility.await().until(() -> fleet.waiting() == 3);
            held.release();
            first.response();
            serve(fleet, 0);
            second.response();
            serve(fleet, 0);
            assertThat(theirs.response().status()).as("before the third").isEqualTo(200);
            serve(fleet, 0);
            third.response();
          }
        }
      }
    }
  }

  private static void serve(TestFleet fleet, int index) {
    ReceivedRequest next = fleet.simulator(index).next(TestGateway.SOON);
    next.awaitHeld(TestGateway.SOON);
    next.release();
  }
}
