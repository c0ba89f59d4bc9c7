package tayyar.responses;

import org.jspecify.annotations.Nullable;
import tayyar.stored.Kept;
import tayyar.stored.Shelf;

/**
 * How the response to a request is stored.
 *
 * @param organisationId whose it is
 * @param previousId the response that it goes on with, or null
 * @param input the request's own items, a JSON array
 * @param background whether the answer goes on without its client
 * @param streamed whether that client wants its events
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Keeping(
    Shelf shelf,
    String organisationId,
    @Nullable String previousId,
    byte[] input,
    boolean background,
    boolean streamed) {

  /** A state of it. */
  Kept state(
      String id, long createdMs, boolean running, byte[] response, byte @Nullable [] events) {
    return new Kept(id, organisationId, previousId, createdMs, running, input, response, events);
  }
}
