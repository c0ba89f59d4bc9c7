package tayyar.api;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the ledger keeps its rows one by one.
 *
 * @param time at least {@link #SHORTEST}
 * @param archive the folder where they stand afterwards, or null for nowhere
 */
public record Keep(Duration time, @Nullable Path archive) {
  /**
   * The shortest time: limits of spending, and customers who look their requests up, need the rows
   * of this month and of the last one, in each zone.
   */
  public static final Duration SHORTEST = Duration.ofDays(63);

  /** Refuses what is too short. */
  public Keep {
    if (isTooShort(time)) {
      throw new IllegalArgumentException("rows are kept for at least " + SHORTEST);
    }
  }

  /** The days that are written so, such as 400d; null where it is something else. */
  public static @Nullable Duration days(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,5}d")
        ? Duration.ofDays(Integer.parseInt(text.substring(0, text.length() - 1)))
        : null;
  }

  /** Whether limits of a month would miss rows. */
  public static boolean isTooShort(Duration time) {
    return time.compareTo(SHORTEST) < 0;
  }

  /** Says what is wrong with a time that is too short. */
  public static String tooShort() {
    return "it must be at least "
        + SHORTEST.toDays()
        + "d: limits of a month and look-ups of single requests need those of this month and of"
        + " the last one";
  }
}
