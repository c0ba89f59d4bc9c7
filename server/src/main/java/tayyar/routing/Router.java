package tayyar.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Bill;
import tayyar.api.InferenceRequest;
import tayyar.api.Model;
import tayyar.api.Refused;
import tayyar.api.Target;
import tayyar.routing.Fleet.Served;

/**
 * Chooses targets: filters the usable ones, lets the model's policy pick, and remembers the
 * results. Safe for use by any thread.
 */
public final class Router {
  private final LongSupplier clock;
  private volatile State state;

  private record State(Fleet fleet, Map<String, Pool> pools) {
    Pool pool(Served served) {
      return Objects.requireNonNull(pools.get(served.model().id()));
    }
  }

  /**
   * Routes over a fleet.
   *
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  public Router(Fleet fleet, LongSupplier clock) {
    this.clock = clock;
    this.state = new State(fleet, Map.of());
    swap(fleet);
  }

  /**
   * Swaps the fleet. Requests under way stay where they are; targets that stay keep their history.
   */
  public synchronized void swap(Fleet next) {
    Map<String, Pool> before = state.pools();
    Map<String, Pool> pools = new HashMap<>();
    for (Served served : next.all()) {
      String id = served.model().id();
      Pool pool = before.get(id);
      if (pool == null) {
        pool = new Pool(served, clock);
      } else {
        pool.configure(served);
      }
      pools.put(id, pool);
    }
    state = new State(next, pools);
    before.forEach(
        (id, pool) -> {
          if (!pools.containsKey(id)) {
            pool.empty();
          }
        });
  }

  /**
   * Makes a route for a request. It takes no place yet.
   *
   * @param keyId the client's key; may be empty
   * @param loop the executor on which the route is used
   * @param bill reserves for the model, and says which fallback models may answer
   * @throws Refused if no model has this name, or not at this endpoint, or the bill refuses it, or
   *     none that may answer knows a language of its script
   */
  public Route route(InferenceRequest request, String keyId, Executor loop, Bill bill) {
    State now = state;
    Served served = found(now, request);
    bill.reserve(served.model().id(), request);
    List<Pool> pools = pools(now, served, request, bill);
    boolean streamed = request.stream() || served.rules().streams() != Streams.WANTED;
    var ask = new Ask(request, keyId, bill.regions(), streamed || bill.coversWhole());
    return new Route(now.pool(served), pools, ask, loop);
  }

  /**
   * Those that may answer and know a language of the conversation's script, the model's own first.
   * Nothing is held for one that may not.
   *
   * @throws Refused if there is none
   */
  private static List<Pool> pools(State now, Served served, InferenceRequest request, Bill bill) {
    Set<String> regions = bill.regions();
    List<Pool> pools = new ArrayList<>();
    boolean suits = served.model().languages().suit(request);
    if (suits && (regions == null || served.isIn(regions))) {
      pools.add(now.pool(served));
    }
    for (String name : served.rules().fallback()) {
      Served other = now.fleet().find(name);
      if (other != null
          && answers(other, request)
          && (regions == null || other.isIn(regions))
          && other.model().languages().suit(request)
          && bill.allows(other.model().id())) {
        pools.add(now.pool(other));
      }
    }
    if (pools.isEmpty()) {
      if (!suits) {
        throw new Refused(served.model().languages().refusal(request));
      }
      RuntimeException uncovered = bill.uncovered();
      throw uncovered != null
          ? uncovered
          : new Refused(new ApiError.OfAccount(new AccountFault.RegionNotAllowed(request.model())));
    }
    return pools;
  }

  private static boolean answers(Served served, InferenceRequest request) {
    return served.model().endpoints().contains(request.endpoint());
  }

  /**
   * Finds a target of a model that can say something of a request without an answer to it. It takes
   * no place there, and no fallback model is looked at. One that fails is found only where there is
   * no other.
   *
   * @param can whether a target can
   * @return null where none can
   * @throws Refused if no model has this name, or not at this endpoint, or the account may not use
   *     it
   */
  public @Nullable Target adviser(
      InferenceRequest request, Account account, Predicate<Target> can) {
    State now = state;
    Served served = found(now, request);
    if (!account.allows(served.model().id())) {
      throw new Refused(new ApiError.OfAccount(new AccountFault.ModelNotAllowed(request.model())));
    }
    Set<String> regions = account.regions();
    return now.pool(served).standing().stream()
        .filter(one -> !one.drained() && can.test(one.target()))
        .filter(one -> regions == null || regions.contains(one.target().access().region()))
        .min(Comparator.comparing(Standing::avoided))
        .map(Standing::target)
        .orElse(null);
  }

  private static Served found(State now, InferenceRequest request) {
    Served served = now.fleet().find(request.model());
    if (served == null) {
      throw new Refused(new ApiError.ModelNotFound(request.model()));
    }
    if (!answers(served, request)) {
      throw new Refused(new ApiError.ModelNotSupportedOnEndpoint(request.model()));
    }
    return served;
  }

  /** The name of the model that is called so: its own, for an alias; as given where none is. */
  public String named(String model) {
    Served served = state.fleet().find(model);
    return served == null ? model : served.model().id();
  }

  /** Takes the result of an active probe of a target. */
  public void probed(Target target, boolean up) {
    state.pools().values().forEach(pool -> pool.probed(target, up));
  }

  /**
   * Gives a target of a model no new requests, or ends that. Requests under way go on; those that
   * wait are looked at anew. A change of the configuration that leaves the target leaves this too.
   *
   * @param target its name
   * @return false where the model has no such target, or is none itself
   */
  public boolean drain(String model, String target, boolean drained) {
    Pool pool = state.pools().get(model);
    return pool != null && pool.drain(target, drained);
  }

  /** The models, in the order of the configuration. */
  public List<Model> models() {
    return state.fleet().all().stream().map(Served::model).toList();
  }

  /**
   * Those of them that an account's requests may have: its keys, its plan and its regions leave a
   * target, be it a fallback model's, as {@link #route} would find it.
   */
  public List<Model> modelsOf(Account account) {
    Fleet fleet = state.fleet();
    return fleet.all().stream()
        .filter(served -> account.allows(served.model().id()) && reaches(fleet, served, account))
        .map(Served::model)
        .toList();
  }

  private static boolean reaches(Fleet fleet, Served served, Account account) {
    Set<String> regions = account.regions();
    return regions == null
        || served.isIn(regions)
        || served.rules().fallback().stream()
            .map(fleet::find)
            .anyMatch(
                other ->
                    other != null
                        && account.allows(other.model().id())
                        && other.isIn(regions)
                        && !Collections.disjoint(
                            other.model().endpoints(), served.model().endpoints()));
  }

  /** The state of every target of every model. */
  public List<Standing> standing() {
    return state.pools().values().stream().flatMap(pool -> pool.standing().stream()).toList();
  }

  /** Places taken at all targets. */
  public int inFlight() {
    return state.pools().values().stream().mapToInt(Pool::inFlight).sum();
  }

  /** Requests that wait for a place. */
  public int waiting() {
    return state.pools().values().stream().mapToInt(Pool::waiting).sum();
  }
}
