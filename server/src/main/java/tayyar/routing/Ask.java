package tayyar.routing;

import tayyar.api.ChatRequest;

/**
 * What a choice may look at.
 *
 * @param request what is asked
 * @param keyId who asks, for the fairness of the queue; may be empty
 */
public record Ask(ChatRequest request, String keyId) {
  /** Bytes of the whole request: what its prompt's length is judged by. */
  int bytes() {
    return request.body().length;
  }
}
