package tayyar;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tayyar.admin.Served;
import tayyar.api.Model;
import tayyar.routing.Router;
import tayyar.routing.Standing;
import tayyar.telemetry.TargetNow;
import tayyar.upstream.Worker;

/**
 * A gateway as its operator sees and steers it. Safe for use by any thread.
 *
 * @param offered the models
 * @param changes takes in what the store says now
 */
record Operated(Supplier<List<Model>> offered, Router router, Workers workers, Runnable changes)
    implements Served {
  @Override
  public List<Model> models() {
    return offered.get();
  }

  @Override
  public Set<String> regions() {
    return router.standing().stream()
        .map(its -> its.target().access().region())
        .filter(region -> !region.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public List<TargetState> targets() {
    return router.standing().stream().map(this::state).toList();
  }

  private TargetState state(Standing its) {
    long rest = TimeUnit.NANOSECONDS.toMillis(its.restNanos());
    String state =
        its.drained() ? "drained" : rest > 0 ? "resting" : isAvoided(its) ? "avoided" : "well";
    long seconds = Math.ceilDiv(rest, 1000L);
    return new TargetState(its.model(), its.target().name(), state, seconds, its.inFlight());
  }

  /** The targets for the metrics. */
  List<TargetNow> now() {
    return router.standing().stream()
        .map(its -> new TargetNow(its.model(), its.target().name(), isAvoided(its), its.inFlight()))
        .toList();
  }

  private boolean isAvoided(Standing its) {
    Worker worker = workers.at(its.target());
    return worker == null ? its.avoided() : !worker.ready() || its.drained();
  }

  @Override
  public boolean drain(String model, String target, boolean drained) {
    return router.drain(model, target, drained);
  }

  @Override
  public void look() {
    changes.run();
  }
}
