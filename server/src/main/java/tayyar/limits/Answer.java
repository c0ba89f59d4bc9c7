package tayyar.limits;

import java.util.List;

/**
 * What the shared counters say to an {@link Ask}.
 *
 * @param slot the present one
 * @param outcomes one for each wish
 * @param used what each counter has come to by now, by all gateways
 */
public record Answer(long slot, List<Outcome> outcomes, List<Long> used) {
  /** What became of a wish. */
  public sealed interface Outcome {}

  /**
   * Units of each part, at least those that it needs.
   *
   * @param units in the order of its parts
   */
  public record Granted(List<Long> units) implements Outcome {}

  /**
   * Nothing of it is counted.
   *
   * @param part the one that has to wait longest
   * @param waitMillis until it would be granted if nobody else came; at most two minutes
   */
  public record Denied(int part, long waitMillis) implements Outcome {}
}
