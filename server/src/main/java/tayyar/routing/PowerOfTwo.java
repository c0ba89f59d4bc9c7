package tayyar.routing;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws two targets at random and takes the one with the lower load for its weight. This is nearly
 * as even as a look at all targets, and several gateways that see each other's load late do not all
 * choose the same target.
 *
 * @param random draws the two
 */
public record PowerOfTwo(RandomGenerator random) implements Policy {
  @Override
  public Replica choose(List<Replica> among, Ask ask) {
    int count = among.size();
    if (count == 1) {
      return among.getFirst();
    }
    int first = random.nextInt(count);
    int second = (first + 1 + random.nextInt(count - 1)) % count;
    Replica a = among.get(first);
    Replica b = among.get(second);
    return a.load() <= b.load() ? a : b;
  }
}
