package tayyar;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tayyar.admin.Served;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.routing.Router;
import tayyar.routing.Standing;
import tayyar.telemetry.EngineNow;
import tayyar.telemetry.TargetNow;
import tayyar.upstream.Resident;
import tayyar.upstream.Residents;

/**
 * A gateway as its operator sees and steers it. Safe for use by any thread.
 *
 * @param offered the models
 * @param changes takes in what the store says now
 */
record Operated(Supplier<List<Model>> offered, Router router, Residents residents, Runnable changes)
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
    Map<Target, Residents.Now> own = own();
    return router.standing().stream().map(its -> state(its, own)).toList();
  }

  private Map<Target, Residents.Now> own() {
    return residents.now().stream().collect(Collectors.toMap(Residents.Now::target, now -> now));
  }

  private static TargetState state(Standing its, Map<Target, Residents.Now> own) {
    long rest = TimeUnit.NANOSECONDS.toMillis(its.restNanos());
    String state = its.drained() ? "drained" : rest > 0 ? "resting" : word(its, own);
    long seconds = Math.ceilDiv(rest, 1000L);
    return new TargetState(its.model(), its.target().name(), state, seconds, its.inFlight());
  }

  private static String word(Standing its, Map<Target, Residents.Now> own) {
    Residents.Now now = own.get(its.target());
    Resident.State state = now == null ? Resident.State.READY : now.state();
    return switch (state) {
      case READY, FAILED -> isAvoided(its, own) ? "avoided" : "well";
      case ABSENT, WAITING, LOADING, UNLOADING -> state.name().toLowerCase(Locale.ROOT);
    };
  }

  /** The targets for the metrics. */
  List<TargetNow> now() {
    Map<Target, Residents.Now> own = own();
    return router.standing().stream()
        .map(
            its ->
                new TargetNow(
                    its.model(), its.target().name(), isAvoided(its, own), its.inFlight()))
        .toList();
  }

  private static boolean isAvoided(Standing its, Map<Target, Residents.Now> own) {
    Residents.Now now = own.get(its.target());
    return now == null ? its.avoided() : !now.up() || its.drained();
  }

  /** The embedded models for the metrics. */
  List<EngineNow> engines() {
    return residents.now().stream()
        .map(
            now ->
                new EngineNow(
                    now.model(),
                    now.state() == Resident.State.READY,
                    now.bytes(),
                    now.slots(),
                    now.slotsBusy(),
                    now.queued()))
        .toList();
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
