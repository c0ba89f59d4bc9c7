package tayyar.routing;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Of two drawn at random, the one with less to do for its weight. Nearly as even as asking all, and
 * several gateways that see each other's load late do not all run to the same target.
 *
 * @param random draws
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
