package tayyar.limits;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What the shared counters say to an {@link Ask}.
 *
 * @param slot the present one
 * @param outcomes one for each wish
 * @param used what each counter has come to by now, by all gateways
 */
public record Answer(long slot, List<Outcome> outcomes, List<Long> used) {
  /**
   * Reads what the counters' programs return: the slot, what each counter has come to, and for each
   * wish 1 and the units of its parts, or 0, the part that has to wait longest, and milliseconds.
   *
   * @param ask what they were asked
   */
  public static Answer of(Ask ask, Iterator<Long> numbers) {
    long slot = numbers.next();
    List<Long> used = new ArrayList<>();
    for (int i = 0; i < ask.counters().size(); i++) {
      used.add(numbers.next());
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Ask.Wish wish : ask.wishes()) {
      if (numbers.next() == 0) {
        outcomes.add(new Denied(Math.toIntExact(numbers.next()), numbers.next()));
        continue;
      }
      List<Long> units = new ArrayList<>();
      for (int i = 0; i < wish.parts().size(); i++) {
        units.add(numbers.next());
      }
      outcomes.add(new Granted(units));
    }
    return new Answer(slot, outcomes, used);
  }

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
