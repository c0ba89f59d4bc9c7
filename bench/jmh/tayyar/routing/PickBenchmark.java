package tayyar.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.InferenceRequest;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Model;
import tayyar.api.Sampling;
import tayyar.api.Target;

/** Where to, with eight targets: a place is taken and given back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickBenchmark {
  private static final int TARGETS = 8;

  private final Router powerOfTwo = router(new PowerOfTwo(new SplittableRandom(1)));
  private final Router leastInFlight = router(new LeastInFlight());
  private final Router prefixAffinity =
      router(new PrefixAffinity(new PowerOfTwo(new SplittableRandom(1))));
  private final InferenceRequest request =
      new InferenceRequest(
          "m",
          List.of(new Message(Role.USER, "Say hello.")),
          true,
          false,
          Sampling.NONE,
          List.of(),
          Set.of(),
          new byte[100],
          new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1));

  private static Router router(Policy policy) {
    List<Fleet.Member> members = new ArrayList<>();
    for (int i = 0; i < TARGETS; i++) {
      var address = new Target.Address.Tcp("t" + i, 80, false);
      members.add(new Fleet.Member(new Target("t" + i, address, "/v1", "m", null), 1, 0));
    }
    var rules = new Fleet.Rules(policy, List.of(), 100, Streams.WANTED, Bounds.DEFAULT);
    var model = new Model("m", 0, "us", null, null, List.of());
    return new Router(
        new Fleet(List.of(new Fleet.Served(model, members, rules))), System::nanoTime);
  }

  private Target pick(Router router) {
    Route route = router.route(request, "key", Runnable::run, Bill.FREE);
    if (route.next(_ -> {}) instanceof Next.Go(Try taken)) {
      taken.ended(new Verdict.Good());
      return taken.target();
    }
    throw new IllegalStateException("there is no place");
  }

  @Benchmark
  public Target powerOfTwo() {
    return pick(powerOfTwo);
  }

  @Benchmark
  public Target leastInFlight() {
    return pick(leastInFlight);
  }

  @Benchmark
  public Target prefixAffinity() {
    return pick(prefixAffinity);
  }
}
