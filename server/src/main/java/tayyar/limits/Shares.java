package tayyar.limits;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counters that several gateways share. A window is counted in two cells, the present minute and
 * the one before, of the counters' own clock: what it has used is the present cell and that share
 * of the other which is not a minute old yet. A place is held by a gateway until it says otherwise,
 * or has said nothing for 15 seconds. They are away until they have answered; while they do not
 * answer, they are tried once a second, by a write. Thread-safe; nothing blocks but {@link #close}.
 */
public interface Shares extends AutoCloseable {
  /** A gateway that has not told its places for so long has none. */
  long BELIEVED_MILLIS = 15_000;

  /**
   * Begins.
   *
   * @param tick is run some twenty times a second, on a thread of its own
   */
  void start(Runnable tick);

  /** Whether they answer, and what they were asked. */
  Contact contact();

  /** Whether asking is of no use at the moment. */
  default boolean isAway() {
    return contact().isAway();
  }

  /**
   * Does what an organisation's gateway has to tell and to ask, in one step.
   *
   * @param then is given the answer, or null where there is none; called once, on any thread,
   *     perhaps before this returns
   */
  void ask(Ask ask, Consumer<@Nullable Answer> then);

  /** An answer did not come in time. */
  default void late() {
    contact().gone("they do not answer in time");
  }

  /** Lets calls under way end, for a moment; then leaves the counters. Blocks. */
  @Override
  void close();
}
