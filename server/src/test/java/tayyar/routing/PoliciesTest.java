package tayyar.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static tayyar.routing.Fixture.member;
import static tayyar.routing.Fixture.request;
import static tayyar.routing.Fixture.served;
import static tayyar.routing.Fixture.target;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import tayyar.api.Bill;
import tayyar.routing.Fleet.Member;

class PoliciesTest {
  private static final RandomGenerator RANDOM =
      RandomGeneratorFactory.of("L64X128MixRandom").create(7);

  @Test
  void weightsDivideTheRequests() {
    var fixture =
        new Fixture(
            served(
                "m",
                new Weighted(RANDOM),
                0,
                new Member(target("a"), 3, 0),
                new Member(target("b"), 1, 0)));

    assertThat(picks(fixture, 4_000).get("a")).isBetween(2_850, 3_150);
  }

  @Test
  void leastInFlightCountsByWeight() {
    var fixture =
        new Fixture(
            served(
                "m",
                new LeastInFlight(),
                0,
                new Member(target("a"), 3, 0),
                new Member(target("b"), 1, 0)));

    assertThat(picks(fixture, 400).get("a")).isEqualTo(300);
  }

  @Test
  void twoChoicesKeepTheLoadEven() {
    var members = new Member[10];
    for (int i = 0; i < members.length; i++) {
      members[i] = member("t" + i, 0);
    }
    var fixture = new Fixture(served("m", new PowerOfTwo(RANDOM), 0, members));

    assertThat(picks(fixture, 1_000).values()).allMatch(count -> count > 90 && count < 110);
  }

  @Test
  void theTargetWithTheSoonestFirstTokenIsPicked() {
    var fixture =
        new Fixture(served("m", new LowestFirstToken(), 0, member("a", 0), member("b", 0)));
    answer(fixture, Duration.ofMillis(900));
    answer(fixture, Duration.ofMillis(100));

    assertThat(fixture.nameOf(fixture.go("m"))).isEqualTo("b");
    assertThat(picks(fixture, 19).get("a")).as("where the quick one is busy").isEqualTo(2);
  }

  @Test
  void anOldEstimateFades() {
    long[] now = {0};
    var estimate = new FirstTokens(() -> now[0]);
    estimate.took(500, 8_000);
    assertThat(estimate.expected(500)).isEqualTo(8_000);
    assertThat(estimate.expected(90_000)).as("the nearest size").isEqualTo(8_000);
    estimate.took(90_000, 100_000);
    assertThat(estimate.expected(90_000)).isEqualTo(100_000);
    assertThat(estimate.expected(500)).isEqualTo(8_000);

    now[0] = Duration.ofSeconds(60).toNanos();
    assertThat(estimate.expected(500)).isEqualTo(2_000);
  }

  @Test
  void aConversationStaysWhereItIsUntilThatIsTooBusy() {
    var fixture =
        new Fixture(
            served(
                "m", new PrefixAffinity(new LeastInFlight()), 0, member("a", 0), member("b", 0)));
    String system = "system: be brief";
    Try one = talk(fixture, system, "first");
    Try other = talk(fixture, system, "second");
    assertThat(fixture.nameOf(other)).as("the same system prompt").isEqualTo(fixture.nameOf(one));
    Try elsewhere = talk(fixture, "no system prompt");
    assertThat(fixture.nameOf(elsewhere)).isNotEqualTo(fixture.nameOf(one));
    elsewhere.ended(new Verdict.Good());
    assertThat(fixture.nameOf(talk(fixture, "no system prompt", "and more")))
        .isEqualTo(fixture.nameOf(elsewhere));

    List<String> names = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      names.add(fixture.nameOf(talk(fixture, system, "first", "turn " + i)));
    }
    assertThat(names.getFirst()).isEqualTo(fixture.nameOf(one));
    assertThat(names.getLast()).as("given up under load").isNotEqualTo(fixture.nameOf(one));
  }

  private static Try talk(Fixture fixture, String... texts) {
    return fixture.go(
        fixture.router.route(request("m", texts), "key", fixture.loop::add, Bill.FREE));
  }

  private static void answer(Fixture fixture, Duration firstToken) {
    Try taken = fixture.go("m");
    fixture.passes(firstToken);
    taken.began();
    taken.ended(new Verdict.Good());
  }

  private static Map<String, Integer> picks(Fixture fixture, int count) {
    Map<String, Integer> picks = new HashMap<>();
    for (int i = 0; i < count; i++) {
      picks.merge(fixture.nameOf(fixture.go("m")), 1, Integer::sum);
    }
    return picks;
  }
}
