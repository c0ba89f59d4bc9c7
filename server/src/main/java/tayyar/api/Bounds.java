package tayyar.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * All bounds and deadlines, in one place. Immutable.
 *
 * @param most the value of each bound
 * @param longest the value of each deadline
 */
public record Bounds(Map<Bound, Integer> most, Map<Deadline, Duration> longest) {
  /** The defaults. */
  public static final Bounds DEFAULT = usual();

  /** Checks that none is missing. */
  public Bounds {
    most = Collections.unmodifiableMap(new EnumMap<>(most));
    longest = Collections.unmodifiableMap(new EnumMap<>(longest));
  }

  private static Bounds usual() {
    var most = new EnumMap<Bound, Integer>(Bound.class);
    Arrays.stream(Bound.values()).forEach(each -> most.put(each, each.usual()));
    var longest = new EnumMap<Deadline, Duration>(Deadline.class);
    Arrays.stream(Deadline.values()).forEach(each -> longest.put(each, each.usual()));
    return new Bounds(most, longest);
  }

  /** Returns a bound's value. */
  public int of(Bound what) {
    return Objects.requireNonNull(most.get(what));
  }

  /** Returns a deadline's value. */
  public Duration of(Deadline what) {
    return Objects.requireNonNull(longest.get(what));
  }

  /** Returns a deadline's value in nanoseconds. */
  public long nanos(Deadline what) {
    return of(what).toNanos();
  }

  /**
   * Returns the most bytes that requests and answers hold in memory at once, sockets' buffers
   * included.
   */
  public static long memoryBytesMax() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /** The same with another one. */
  public Bounds with(Bound what, int much) {
    var others = new EnumMap<>(most);
    others.put(what, much);
    return new Bounds(others, longest);
  }

  /** The same with another one. */
  public Bounds with(Deadline what, Duration time) {
    var others = new EnumMap<>(longest);
    others.put(what, time);
    return new Bounds(most, others);
  }
}
