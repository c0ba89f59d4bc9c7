package tayyar.api;

import java.util.List;

/**
 * How an answer was sought.
 *
 * @param tries the targets that were asked, in order; each is over
 * @param queuedMicros how long the request waited for one with room
 */
public record Sought(List<Tried> tries, long queuedMicros) {
  /** Nobody was asked and nothing waited for. */
  public static final Sought NONE = new Sought(List.of(), 0);
}
