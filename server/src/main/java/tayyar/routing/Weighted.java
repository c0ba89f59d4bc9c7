package tayyar.routing;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws targets in proportion to their weight, whatever their load.
 *
 * @param random draws the target
 */
public record Weighted(RandomGenerator random) implements Policy {
  @Override
  public Replica choose(List<Replica> among, Ask ask) {
    int left = random.nextInt(among.stream().mapToInt(Replica::weight).sum());
    for (Replica replica : among) {
      left -= replica.weight();
      if (left < 0) {
        return replica;
      }
    }
    return among.getLast();
  }
}
