package tayyar.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tayyar.routing.Fixture.member;
import static tayyar.routing.Fixture.served;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.api.Target;
import tayyar.routing.Fixture.Told;

class RouterTest {
  private static final Policy FIRST = (among, ask) -> among.getFirst();
  private static final Verdict GOOD = new Verdict.Good();
  private static final Verdict FAILED = new Verdict.Failed();

  @Test
  void eachTargetIsTriedOnceThenTheFallback() {
    var fixture =
        new Fixture(
            served("m", FIRST, 0, List.of("n"), member("a", 0), member("b", 0)),
            served("n", FIRST, 0, member("c", 0), member("a", 0)));
    Route route = fixture.route("m");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Try taken = fixture.go(route);
      names.add(taken.modelId() + ":" + taken.target().name());
      taken.ended(FAILED);
    }

    assertThat(names).containsExactly("m:a", "m:b", "n:c");
    assertThat(route.fellBack()).isTrue();
    assertThat(route.next(next -> {})).isEqualTo(new Next.Over(new ApiError.NoTarget("m")));
  }

  @Test
  void aRouteThatStaysDoesNotFallBack() {
    var fixture =
        new Fixture(
            served("m", FIRST, 0, List.of("n"), member("a", 0)),
            served("n", FIRST, 0, member("c", 0)));
    Route route = fixture.route("m");
    fixture.go(route).ended(FAILED);
    route.stay();

    assertThat(route.next(next -> {})).isInstanceOf(Next.Over.class);
  }

  @Test
  void unknownModelsAreRefused() {
    var fixture = new Fixture(served("m", FIRST, 0, member("a", 0)));

    assertThatThrownBy(() -> fixture.route("x")).isInstanceOf(Refused.class);
  }

  @Test
  void aRequestWithoutRoomWaitsAndIsCalledWhenThereIsSome() {
    var fixture = new Fixture(served("m", FIRST, 1, member("a", 1)));
    Try first = fixture.go("m");
    var told = new Told();
    assertThat(fixture.route("m").next(told::tell)).isInstanceOf(Next.Waiting.class);
    assertThat(fixture.route("m").next(next -> {}))
        .isEqualTo(new Next.Over(new ApiError.QueueFull()));
    assertThat(fixture.router.waiting()).isEqualTo(1);

    first.ended(GOOD);
    fixture.run();

    assertThat(told.next).isInstanceOf(Next.Go.class);
    assertThat(fixture.router.waiting()).isZero();
    assertThat(fixture.router.inFlight()).isEqualTo(1);
  }

  private static Fleet.Member memberIn(String region, String name, int capacity) {
    Target plain = Fixture.target(name);
    var access = new Target.Access("", "", null, null, false, region);
    return new Fleet.Member(
        new Target(name, plain.address(), plain.path(), plain.model(), null, access), 1, capacity);
  }

  /** Not the free target elsewhere; and a target that moves is not its target any more. */
  @Test
  void whoRequiresARegionWaitsForItsTargets() {
    Fleet.Served served =
        served("m", FIRST, 2, memberIn("eg", "a", 1), memberIn("us", "b", 0), member("c", 0));
    var pool = new Pool(served, () -> 0);
    var ask = new Ask(Fixture.request("m", "hi"), "key", Set.of("eg"), true);
    Next first = new Route(pool, List.of(pool), ask, Runnable::run).next(_ -> {});
    var told = new Told();
    var later = new Told();
    Next second = new Route(pool, List.of(pool), ask, Runnable::run).next(told::tell);
    Next third = new Route(pool, List.of(pool), ask, Runnable::run).next(later::tell);
    assertThat(second).isInstanceOf(Next.Waiting.class);
    assertThat(third).isInstanceOf(Next.Waiting.class);

    ((Next.Go) first).taken().ended(GOOD);

    assertThat(((Next.Go) Objects.requireNonNull(told.next)).taken().target().name())
        .isEqualTo("a");
    assertThat(later.next).isNull();

    pool.configure(served("m", FIRST, 2, memberIn("us", "a", 1), memberIn("", "d", 0)));

    assertThat(later.next).isEqualTo(new Next.Over(new ApiError.NoTarget("m")));
    assertThat(pool.waiting()).isZero();
  }

  @Test
  void aPlaceThatWasGivenToOneWhoLeftIsFreeAgain() {
    var fixture = new Fixture(served("m", FIRST, 1, member("a", 1)));
    Try first = fixture.go("m");
    var told = new Told();
    Route waiting = fixture.route("m");
    waiting.next(told::tell);
    first.ended(GOOD);

    waiting.cancel();
    fixture.run();

    assertThat(told.next).isNull();
    assertThat(fixture.router.inFlight()).isZero();
    fixture.go("m");
  }

  @Test
  void keysTakeTurnsInTheQueue() {
    var fixture = new Fixture(served("m", FIRST, 100, member("a", 1)));
    Try busy = fixture.go("m");
    List<String> order = new ArrayList<>();
    List<Try> given = new ArrayList<>();
    for (String key : List.of("x", "x", "x", "y", "z", "y")) {
      fixture
          .route("m", key)
          .next(
              next -> {
                order.add(key);
                given.add(((Next.Go) next).taken());
              });
    }
    busy.ended(GOOD);
    fixture.run();
    while (!given.isEmpty()) {
      given.removeFirst().ended(GOOD);
      fixture.run();
    }

    assertThat(order).containsExactly("x", "y", "z", "x", "y", "x");
  }

  @Test
  void afterThreeFailuresATargetIsAvoidedAndOneRequestFindsOutWhetherItIsWell() {
    var fixture = new Fixture(served("m", FIRST, 0, member("a", 0), member("b", 0)));
    for (int i = 0; i < 3; i++) {
      fixture.go("m").ended(FAILED);
    }
    assertThat(fixture.nameOf(fixture.go("m"))).isEqualTo("b");

    fixture.passes(Duration.ofSeconds(1));
    Try trial = fixture.go("m");
    assertThat(fixture.nameOf(trial)).isEqualTo("a");
    assertThat(fixture.nameOf(fixture.go("m"))).isEqualTo("b");
    trial.ended(FAILED);
    fixture.passes(Duration.ofSeconds(1));
    assertThat(fixture.nameOf(fixture.go("m"))).as("rests for two seconds now").isEqualTo("b");

    fixture.passes(Duration.ofSeconds(1));
    Try second = fixture.go("m");
    assertThat(fixture.nameOf(second)).isEqualTo("a");
    second.began();
    assertThat(fixture.nameOf(fixture.go("m"))).as("its first token is enough").isEqualTo("a");
  }

  @Test
  void aTargetThatBreaksOffHalfOfItsAnswersIsAvoided() {
    var fixture = new Fixture(served("m", FIRST, 0, member("a", 0), member("b", 0)));
    for (int i = 0; i < 5; i++) {
      for (Verdict verdict : List.of(GOOD, FAILED)) {
        Try taken = fixture.go("m");
        taken.began();
        taken.ended(verdict);
      }
    }

    assertThat(fixture.nameOf(fixture.go("m"))).isEqualTo("b");
  }

  @Test
  void anUnjudgedTargetIsNeverAvoided() {
    var watched = new Fleet.Member(Fixture.target("a"), 1, 0, false);
    var fixture = new Fixture(served("m", FIRST, 0, watched));
    for (int i = 0; i < 9; i++) {
      fixture.go("m").ended(FAILED);
    }

    fixture.go("m");
    fixture.go("m");
  }

  @Test
  void aTargetWithoutFaultIsNotBlamed() {
    var fixture = new Fixture(served("m", FIRST, 0, member("a", 0), member("b", 0)));
    for (int i = 0; i < 20; i++) {
      fixture.go("m").ended(new Verdict.NoBlame());
    }

    assertThat(fixture.nameOf(fixture.go("m"))).isEqualTo("a");
  }

  @Test
  void withoutAHealthyTargetOneRequestAtATimeGoesThrough() {
    var fixture = new Fixture(served("m", FIRST, 0, member("a", 0)));
    for (int i = 0; i < 3; i++) {
      fixture.go("m").ended(FAILED);
    }

    Try trial = fixture.go("m");
    assertThat(fixture.route("m").next(next -> {}))
        .isEqualTo(new Next.Over(new ApiError.NoTarget("m")));
    trial.began();
    fixture.go("m");
    fixture.go("m");
  }

  @Test
  void aTargetRestsForAsLongAsItAskedFor() {
    var fixture = new Fixture(served("m", FIRST, 0, member("a", 0)));
    fixture.go("m").ended(new Verdict.Busy(Duration.ofSeconds(20)));

    fixture.passes(Duration.ofSeconds(12));
    assertThat(fixture.route("m").next(next -> {}))
        .isEqualTo(new Next.Over(new ApiError.UpstreamBusy(9)));
    fixture.passes(Duration.ofSeconds(8));
    fixture.go("m");
  }

  @Test
  void aTargetThatAProbeFoundDownIsAvoided() {
    var fixture = new Fixture(served("m", FIRST, 0, member("a", 0), member("b", 0)));
    fixture.router.probed(Fixture.target("a"), false);
    assertThat(fixture.nameOf(fixture.go("m"))).isEqualTo("b");

    fixture.router.probed(Fixture.target("a"), true);
    assertThat(fixture.nameOf(fixture.go("m"))).isEqualTo("a");
  }

  @Test
  void aNewFleetKeepsWhatIsKnown() {
    var fixture = new Fixture(served("m", FIRST, 9, member("a", 1)));
    Try running = fixture.go("m");
    var told = new Told();
    fixture.route("m").next(told::tell);

    fixture.router.swap(new Fleet(List.of(served("m", FIRST, 9, member("a", 1), member("b", 1)))));
    fixture.run();
    assertThat(told.next).as("the new target has room").isInstanceOf(Next.Go.class);
    assertThat(fixture.router.inFlight()).isEqualTo(2);

    fixture.router.swap(new Fleet(List.of(served("m", FIRST, 9, member("b", 1)))));
    running.ended(GOOD);
    assertThat(fixture.router.inFlight()).isEqualTo(1);
    var left = new Told();
    fixture.route("m").next(left::tell);
    fixture.router.swap(new Fleet(List.of(served("other", FIRST, 9, member("b", 1)))));
    fixture.run();
    assertThat(left.next).isEqualTo(new Next.Over(new ApiError.NoTarget("m")));
  }
}
