package tayyar;

import java.util.List;
import java.util.Map;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.routing.Fleet;
import tayyar.upstream.Worker;

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

  /** A worker of our own. */
  record Embedded(Model model, Worker worker, Fleet.Rules rules) implements Offer {

    @Override
    public Model described() {
      return WorkerLines.model(model, worker.info());
    }

    /** A worker that died is started again at once, and requests wait for it. */
    @Override
    public Fleet.Served served() {
      var member = new Fleet.Member(worker.target(), 1, 0, false);
      return new Fleet.Served(model, List.of(member), rules);
    }
  }

  /** The model as clients are told of it. */
  Model described();

  /** The model with those among whom its requests are spread. */
  Fleet.Served served();
}
