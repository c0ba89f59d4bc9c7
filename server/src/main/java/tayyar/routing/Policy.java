package tayyar.routing;

import java.util.List;

/** Picks one of the usable targets. */
@FunctionalInterface
public interface Policy {
  /**
   * Picks. Called by one thread at a time for each model; must not block.
   *
   * @param among the targets that are well and have room, in the configuration's order; at least
   *     one
   * @return one of them
   */
  Replica choose(List<Replica> among, Ask ask);
}
