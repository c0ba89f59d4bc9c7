package tayyar.upstream;

import tayyar.api.Room;
import tayyar.api.Trace;

/**
 * The data that go with a request besides its body.
 *
 * @param requestId the X-Request-Id
 * @param trace the trace's header fields, where there is one
 * @param whole whether the answer is asked for as one document, not as a stream
 * @param room the memory for parts of the answer that must be kept before they can be read
 * @param salt the salt by which the target keeps cached prompts apart, or empty
 */
public record Passed(String requestId, Trace trace, boolean whole, Room room, String salt) {}
