package tayyar.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static tayyar.routing.Fixture.member;
import static tayyar.routing.Fixture.served;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tayyar.testing.Cases;

/**
 * In any order of events no place is lost or given twice, no target exceeds its capacity, and no
 * request waits while there is a place for it.
 */
class PlacesPropertiesTest {
  private static final int[] CAPACITY = {1, 2, 3, 1};

  /** A request as its owner sees it. */
  private static final class Request {
    final Route route;
    @Nullable Try taken;
    boolean waits;

    Request(Route route) {
      this.route = route;
    }

    void told(Next next) {
      waits = next instanceof Next.Waiting;
      taken = next instanceof Next.Go(Try its) ? its : null;
    }

    boolean over() {
      return taken == null && !waits;
    }
  }

  @Test
  void placesNeverLeak() {
    Cases.times(400, random -> new Run(random).play(300));
  }

  private static final class Run {
    private final RandomGenerator random;
    private final Fixture fixture;
    private final List<Request> requests = new ArrayList<>();

    Run(RandomGenerator random) {
      this.random = random;
      this.fixture =
          new Fixture(
              served(
                  "m",
                  policy(random),
                  random.nextInt(6),
                  List.of("n"),
                  member("0", CAPACITY[0]),
                  member("1", CAPACITY[1])),
              served("n", policy(random), 3, member("2", CAPACITY[2]), member("3", CAPACITY[3])));
    }

    private static Policy policy(RandomGenerator random) {
      return Cases.one(
          random,
          new PowerOfTwo(random),
          new LeastInFlight(),
          new Weighted(random),
          new LowestFirstToken(),
          new PrefixAffinity(new LeastInFlight()));
    }

    void play(int steps) {
      for (int i = 0; i < steps; i++) {
        step();
        check();
      }
      while (!requests.isEmpty()) {
        end(requests.getFirst(), true);
        fixture.run();
        requests.removeIf(Request::over);
      }
      assertThat(fixture.router.inFlight()).isZero();
      assertThat(fixture.router.waiting()).isZero();
    }

    private void step() {
      switch (random.nextInt(8)) {
        case 0, 1 -> begin();
        case 2 -> fixture.passes(Duration.ofMillis(random.nextInt(3_000)));
        case 3 -> fixture.run();
        case 4 ->
            fixture.router.probed(Fixture.target("" + random.nextInt(4)), random.nextBoolean());
        default -> {
          if (!requests.isEmpty()) {
            end(requests.get(random.nextInt(requests.size())), random.nextInt(4) == 0);
          }
        }
      }
      requests.removeIf(Request::over);
    }

    private void begin() {
      String model = Cases.one(random, "m", "n");
      var request = new Request(fixture.route(model, "key" + random.nextInt(3)));
      request.told(request.route.next(request::told));
      requests.add(request);
    }

    /** A try ends, and perhaps the request tries again; or the client leaves. */
    private void end(Request request, boolean leaves) {
      Try taken = request.taken;
      if (leaves) {
        request.route.cancel();
        request.waits = false;
        request.taken = null;
        if (taken != null) {
          taken.ended(new Verdict.NoBlame());
        }
      } else if (taken != null) {
        if (random.nextBoolean()) {
          taken.began();
        }
        Verdict verdict =
            Cases.one(
                random,
                new Verdict.Good(),
                new Verdict.Failed(),
                new Verdict.Busy(Duration.ofMillis(random.nextInt(2_000))),
                new Verdict.NoBlame());
        taken.ended(verdict);
        taken.ended(verdict);
        request.taken = null;
        if (verdict instanceof Verdict.Failed) {
          request.told(request.route.next(request::told));
        }
      }
    }

    private void check() {
      Map<String, Integer> taken = new HashMap<>();
      for (Request request : requests) {
        if (request.taken != null) {
          taken.merge(request.taken.target().name(), 1, Integer::sum);
        }
      }
      taken.forEach(
          (name, count) -> assertThat(count).isLessThanOrEqualTo(CAPACITY[Integer.parseInt(name)]));
      int held = taken.values().stream().mapToInt(Integer::intValue).sum();
      int promised = fixture.router.inFlight() - held;
      assertThat(promised).as("places promised to who waits").isBetween(0, fixture.loop.size());
      long waiting = requests.stream().filter(request -> request.waits).count();
      assertThat(fixture.router.waiting() + fixture.loop.size())
          .isGreaterThanOrEqualTo((int) waiting);
    }
  }
}
