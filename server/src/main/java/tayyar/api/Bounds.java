package tayyar.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * A bound on everything; the one place where they stand. Immutable.
 *
 * @param most how much there may be of each thing
 * @param longest how long each may take
 */
public record Bounds(Map<Bound, Integer> most, Map<Deadline, Duration> longest) {
  /** What applies where the operator says nothing. */
  public static final Bounds DEFAULT = usual();

  /** Each has to be there. */
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

  /** How much of it there may be. */
  public int of(Bound what) {
    return Objects.requireNonNull(most.get(what));
  }

  /** How long it may take. */
  public Duration of(Deadline what) {
    return Objects.requireNonNull(longest.get(what));
  }

  /** How long it may take, in nanoseconds. */
  public long nanos(Deadline what) {
    return of(what).toNanos();
  }

  /** The bytes that requests and answers hold in memory at once, sockets' buffers included. */
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
