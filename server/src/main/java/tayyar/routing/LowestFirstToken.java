package tayyar.routing;

import java.util.Comparator;
import java.util.List;

/**
 * Takes the target that is expected to give its first token soonest: its estimate for prompts of
 * this size, times its requests under way with this one. A target without an estimate is tried
 * first.
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
