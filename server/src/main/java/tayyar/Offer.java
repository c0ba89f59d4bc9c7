package tayyar;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.routing.Fleet;
import tayyar.upstream.Resident;

/** A model and who answers for it. */
public sealed interface Offer {
  /**
   * Servers somewhere else.
   *
   * @param probes paths by which it is asked whether a target is well; not every target has one
   */
  record Remote(
      Model model, List<Fleet.Member> members, Fleet.Rules rules, Map<Target, String> probes)
      implements Offer {

    @Override
    public Model described() {
      return model;
    }

    @Override
    public Fleet.Served served() {
      return new Fleet.Served(model, members, rules);
    }
  }

  /** A model of our own, with a worker while it is in memory. */
  record Embedded(Model model, Resident resident, Resident.Terms terms, Fleet.Rules rules)
      implements Offer {

    @Override
    public Model described() {
      return WorkerLines.model(model, resident.info());
    }

    /** A worker that died is started again at once, and requests wait for it. */
    @Override
    public Fleet.Served served() {
      var member = new Fleet.Member(resident.target(), 1, 0, false);
      return new Fleet.Served(model, List.of(member), rules);
    }
  }

  /** The model as clients are told of it. */
  Model described();

  /** The model with those among whom its requests are spread. */
  Fleet.Served served();

  /** Those of our own, with what their operator says of them. */
  static Map<Resident, Resident.Terms> residents(List<? extends Offer> all) {
    Map<Resident, Resident.Terms> own = new LinkedHashMap<>();
    for (Offer offer : all) {
      if (offer instanceof Embedded its) {
        own.put(its.resident(), its.terms());
      }
    }
    return own;
  }

  /** The paths by which targets are asked whether they are well. */
  static Map<Target, String> probes(List<? extends Offer> all) {
    Map<Target, String> paths = new HashMap<>();
    for (Offer offer : all) {
      if (offer instanceof Remote remote) {
        paths.putAll(remote.probes());
      }
    }
    return paths;
  }
}
