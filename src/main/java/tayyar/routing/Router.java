package tayyar.routing;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.api.Target;
import tayyar.routing.Fleet.Member;
import tayyar.routing.Fleet.Served;

/** Chooses the target: of two drawn at random, the one with less to do for its weight. */
public final class Router {
  private volatile Fleet fleet;

  /** Routes over a fleet. */
  public Router(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Swaps the fleet; routes already taken are not touched. */
  public void swap(Fleet next) {
    fleet = next;
  }

  /** The fleet as it is now. */
  public Fleet fleet() {
    return fleet;
  }

  /**
   * A way to a target, taken until it is closed.
   *
   * @param target where
   */
  public record Route(Target target, Runnable closed) {}

  /**
   * Chooses.
   *
   * @param model name or alias
   * @throws Refused if there is no such model or no target for it
   */
  public Route route(String model) {
    Served served = fleet.find(model);
    if (served == null) {
      throw new Refused(new ApiError.ModelNotFound(model));
    }
    List<Member> members = served.members();
    if (members.isEmpty()) {
      throw new Refused(new ApiError.NoTarget(model));
    }
    Member chosen = pick(members);
    chosen.inFlight().incrementAndGet();
    return new Route(chosen.target(), () -> chosen.inFlight().decrementAndGet());
  }

  private static Member pick(List<Member> members) {
    if (members.size() == 1) {
      return members.getFirst();
    }
    var random = ThreadLocalRandom.current();
    int first = random.nextInt(members.size());
    int second = (first + 1 + random.nextInt(members.size() - 1)) % members.size();
    Member a = members.get(first);
    Member b = members.get(second);
    return load(a) <= load(b) ? a : b;
  }

  private static double load(Member member) {
    return (member.inFlight().get() + 1.0) / member.weight();
  }
}
