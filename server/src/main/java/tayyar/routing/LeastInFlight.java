package tayyar.routing;

import java.util.Comparator;
import java.util.List;

/** The target with the fewest requests under way for its weight; the first of several. */
public record LeastInFlight() implements Policy {
  @Override
  public Replica choose(List<Replica> among, Ask ask) {
    return among.stream().min(Comparator.comparingDouble(Replica::load)).orElseThrow();
  }
}
