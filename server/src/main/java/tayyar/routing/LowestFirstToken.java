package tayyar.routing;

import java.util.Comparator;
import java.util.List;

/**
 * The target that is expected to give its first token soonest: its estimate for prompts of this
 * size, once for each request it has under way. One that nobody knows yet is tried first.
 */
public record LowestFirstToken() implements Policy {
  @Override
  public Replica choose(List<Replica> among, Ask ask) {
    int bytes = ask.bytes();
    return among.stream()
        .min(Comparator.comparingDouble(each -> each.firstTokenNanos(bytes) * each.load()))
        .orElseThrow();
  }
}
