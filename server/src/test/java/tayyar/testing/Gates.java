package tayyar.testing;

import java.time.Duration;
import tayyar.api.Bounds;
import tayyar.api.Deadline;

/** Bounds as several tests need them. */
public final class Gates {
  private Gates() {}

  /** The deadlines of an answer: of its first token, of each next one, of its end. */
  public static Bounds answer(Duration first, Duration between, Duration total) {
    return Bounds.DEFAULT
        .with(Deadline.FIRST_TOKEN, first)
        .with(Deadline.BETWEEN_TOKENS, between)
        .with(Deadline.TOTAL, total);
  }
}
