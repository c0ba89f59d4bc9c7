package tayyar.limits;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counters that several gateways share. A window is counted in two cells, the present minute and
 * the one before, of the counters' own clock: what it has used is the present cell and that share
 * of the other which is not a minute old yet. A place is held by a gateway until it says otherwise,
 * or has said nothing for 15 seconds. Thread-safe; nothing blocks.
 */
public interface Shares {
  /** Whether asking is of no use at the moment. */
  boolean isAway();

  /**
   * Does what an organisation's gateway has to tell and to ask, in one step.
   *
   * @param then is given the answer, or null where there is none; called once, on any thread,
   *     perhaps before this returns
   */
  void ask(Ask ask, Consumer<@Nullable Answer> then);

  /** An answer did not come in time. */
  void late();
}
