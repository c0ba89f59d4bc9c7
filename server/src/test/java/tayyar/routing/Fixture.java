package tayyar.routing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.InferenceRequest;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Model;
import tayyar.api.Sampling;
import tayyar.api.Target;
import tayyar.routing.Fleet.Member;
import tayyar.routing.Fleet.Rules;
import tayyar.routing.Fleet.Served;

/** A router with a clock that a test sets and a loop that a test runs. */
final class Fixture {
  final Queue<Runnable> loop = new ArrayDeque<>();
  long now = 1_000_000_000_000L;
  final Router router;

  Fixture(Served... served) {
    router = new Router(new Fleet(List.of(served)), () -> now);
  }

  static Target target(String name) {
    return new Target(name, new Target.Address.Tcp(name, 80, false), "/v1", name, null);
  }

  static Served served(String model, Policy policy, int queueMax, Member... members) {
    return served(model, policy, queueMax, List.of(), members);
  }

  static Served served(
      String model, Policy policy, int queueMax, List<String> fallback, Member... members) {
    return new Served(
        new Model(model, 0, "tests", null, null, List.of()),
        List.of(members),
        new Rules(policy, fallback, queueMax, Streams.WANTED, Bounds.DEFAULT));
  }

  static Member member(String name, int capacity) {
    return new Member(target(name), 1, capacity);
  }

  static InferenceRequest request(String model, String... texts) {
    List<Message> messages = new ArrayList<>();
    for (String text : texts) {
      boolean system = text.startsWith("system:");
      messages.add(new Message(system ? Role.SYSTEM : Role.USER, text));
    }
    var spans = new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1);
    return new InferenceRequest(
        model,
        messages,
        true,
        false,
        Sampling.NONE,
        List.of(),
        Set.of(),
        new byte[String.join("", texts).length()],
        spans);
  }

  Route route(String model) {
    return route(model, "key");
  }

  Route route(String model, String key) {
    return router.route(request(model, "hello"), key, loop::add, Bill.FREE);
  }

  /** The next try of a route that need not wait. */
  Try go(Route route) {
    if (route.next(next -> {}) instanceof Next.Go(Try taken)) {
      return taken;
    }
    throw new AssertionError("there is no place");
  }

  /** A try of a request of its own. */
  Try go(String model) {
    return go(route(model));
  }

  String nameOf(Try taken) {
    return taken.target().name();
  }

  void run() {
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      task.run();
    }
  }

  void passes(Duration time) {
    now += time.toNanos();
  }

  /** Holds the call that a waiting route received. */
  static final class Told {
    @Nullable Next next;

    void tell(Next told) {
      if (next != null) {
        throw new AssertionError("told twice");
      }
      next = told;
    }
  }
}
