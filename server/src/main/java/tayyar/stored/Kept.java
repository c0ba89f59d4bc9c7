package tayyar.stored;

import org.jspecify.annotations.Nullable;

/**
 * A response that is stored.
 *
 * @param id its public id
 * @param organisationId whose it is; nobody else may see it
 * @param previousId the response that it went on with, or null
 * @param createdMs milliseconds since the epoch
 * @param running whether it is still being answered
 * @param input a JSON array: the items of its own request
 * @param response the response object as it is now
 * @param events of one that ran in the background: its stream; else null
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Kept(
    String id,
    String organisationId,
    @Nullable String previousId,
    long createdMs,
    boolean running,
    byte[] input,
    byte[] response,
    byte @Nullable [] events) {
  /** The same without its stream. */
  Kept withoutEvents() {
    return new Kept(id, organisationId, previousId, createdMs, running, input, response, null);
  }

  /** Its bytes here; in the store its events take fewer. */
  public int bytes() {
    return input.length + response.length + (events == null ? 0 : events.length);
  }
}
