package tayyar.upstream;

import tayyar.api.Room;
import tayyar.api.Trace;

/**
 * What goes with a request besides its body.
 *
 * @param requestId the X-Request-Id
 * @param trace the trace's header fields, where there is one
 * @param whole whether the answer is asked for as one document, not as a stream
 * @param room what of the answer has to be kept before it can be read is kept in it
 * @param salt what the target is to keep its cached prompts apart by, or empty
 */
public record Passed(String requestId, Trace trace, boolean whole, Room room, String salt) {}
