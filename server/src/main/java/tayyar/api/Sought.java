package tayyar.api;

import java.util.List;

/**
 * The search for an answer: the tries and the wait.
 *
 * @param tries the finished tries, in order
 * @param queuedMicros the request's wait for a target with room
 */
public record Sought(List<Tried> tries, long queuedMicros) {
  /** No try and no wait. */
  public static final Sought NONE = new Sought(List.of(), 0);
}
