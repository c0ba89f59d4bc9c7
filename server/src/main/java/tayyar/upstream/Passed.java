package tayyar.upstream;

import tayyar.api.Room;
import tayyar.api.Trace;

/**
 * The data that go with a request besides its body.
 *
 * @param requestId the X-Request-Id
 * @param trace the trace's header fields, where there is one
 * @param whole whether the answer is asked for as one document, not as a stream
 * @param count whether no answer is wanted, but the number of the prompt's tokens
 * @param room the memory for parts of the answer that must be kept before they can be read
 * @param salt the salt by which the target keeps cached prompts apart, or empty
 */
public record Passed(
    String requestId, Trace trace, boolean whole, boolean count, Room room, String salt) {
  /** Creates those of an answer. */
  public Passed(String requestId, Trace trace, boolean whole, Room room, String salt) {
    this(requestId, trace, whole, false, room, salt);
  }

  /** Creates those of a number of tokens. */
  public static Passed count(String requestId, Trace trace, Room room) {
    return new Passed(requestId, trace, true, true, room, "");
  }
}
