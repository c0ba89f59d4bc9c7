package tayyar.routing;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Each target in proportion to its weight, whatever it is doing.
 *
 * @param random draws
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
