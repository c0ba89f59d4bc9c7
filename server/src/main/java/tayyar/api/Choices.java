package tayyar.api;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The choices of an answer that have begun, and those that have ended. Not safe for use by more
 * than one thread.
 */
public final class Choices {
  /** The choices kept as bits of one long; hardly any answer has more. */
  private static final int FIRST = Long.SIZE;

  private long begun;
  private long ended;
  private @Nullable BitSet moreBegun;
  private @Nullable BitSet moreEnded;

  /** Creates the state in which no choice has begun. */
  public Choices() {}

  /** Marks a choice, 0 or more, as begun; may be called again. */
  public void begin(int choice) {
    if (choice < FIRST) {
      begun |= 1L << choice;
    } else {
      moreBegun = with(moreBegun, choice);
    }
  }

  /** Marks a choice, 0 or more, as begun and ended. */
  public void end(int choice) {
    begin(choice);
    if (choice < FIRST) {
      ended |= 1L << choice;
    } else {
      moreEnded = with(moreEnded, choice);
    }
  }

  private static BitSet with(@Nullable BitSet known, int choice) {
    BitSet more = known == null ? new BitSet() : known;
    more.set(choice - FIRST);
    return more;
  }

  /** Whether a choice has begun. */
  public boolean hasBegun(int choice) {
    return choice < FIRST ? (begun >>> choice & 1) != 0 : has(moreBegun, choice);
  }

  /** Whether a choice has ended. */
  public boolean hasEnded(int choice) {
    return choice < FIRST ? (ended >>> choice & 1) != 0 : has(moreEnded, choice);
  }

  private static boolean has(@Nullable BitSet more, int choice) {
    return more != null && more.get(choice - FIRST);
  }

  /** Whether any has begun. */
  public boolean anyBegun() {
    return begun != 0 || moreBegun != null;
  }

  /** Whether any has ended. */
  public boolean anyEnded() {
    return ended != 0 || moreEnded != null;
  }

  /** Whether some have begun, and all of them have ended. */
  public boolean complete() {
    return anyBegun() && begun == ended && (moreBegun == null || moreBegun.equals(moreEnded));
  }
}
