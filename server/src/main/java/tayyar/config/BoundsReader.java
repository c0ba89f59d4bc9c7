package tayyar.config;

import java.time.Duration;
import java.util.List;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Deadline;

/** Reads {@code bounds:} and {@code deadlines:}. */
final class BoundsReader {
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(24);

  /** The deadlines that a model may set for itself. */
  private static final List<Deadline> OF_AN_ANSWER =
      List.of(
          Deadline.CONNECT,
          Deadline.FIRST_TOKEN,
          Deadline.BETWEEN_TOKENS,
          Deadline.WHOLE,
          Deadline.TOTAL);

  private BoundsReader() {}

  static Bounds read(Section bounds, Section deadlines) {
    Bounds read = Bounds.DEFAULT;
    for (Bound one : Bound.values()) {
      read = read.with(one, one.inBytes() ? bytes(bounds, one) : count(bounds, one));
    }
    bounds.done();
    return times(deadlines, read, List.of(Deadline.values()));
  }

  /** The general bounds with a model's own deadlines. */
  static Bounds answer(Section deadlines, Bounds general) {
    return times(deadlines, general, OF_AN_ANSWER);
  }

  /** Whether a model may set it for itself. */
  static boolean isOfAnAnswer(Deadline deadline) {
    return OF_AN_ANSWER.contains(deadline);
  }

  private static Bounds times(Section deadlines, Bounds otherwise, List<Deadline> these) {
    Bounds read = otherwise;
    for (Deadline one : these) {
      read = read.with(one, time(deadlines, one, otherwise.of(one)));
    }
    deadlines.done();
    return read;
  }

  private static int bytes(Section section, Bound bound) {
    return section.value(
        bound.word(),
        Bounds.DEFAULT.of(bound),
        (key, text) -> {
          int bytes = Text.bytes(key, text);
          Text.range(key, bytes, 256, 1 << 30);
          return bytes;
        });
  }

  private static int count(Section section, Bound bound) {
    return section.value(
        bound.word(),
        Bounds.DEFAULT.of(bound),
        (key, text) -> {
          int count = Text.number(key, text);
          Text.range(key, count, bound.mayBeZero() ? 0 : 1, 1_000_000);
          return count;
        });
  }

  private static Duration time(Section section, Deadline deadline, Duration otherwise) {
    Duration least = deadline.mayBeZero() ? Duration.ZERO : LEAST;
    return section.value(
        deadline.word(),
        otherwise,
        (key, text) -> {
          Duration time = Text.time(key, text);
          if (time.compareTo(least) < 0 || time.compareTo(MOST) > 0) {
            throw new ConfigException(
                "'"
                    + key
                    + "' is "
                    + text
                    + "; it must be "
                    + (least.isZero() ? "0" : "1ms")
                    + " to 24h");
          }
          return time;
        });
  }
}
