package tayyar.routing;

import tayyar.api.InferenceRequest;

/**
 * The facts that a choice may use.
 *
 * @param request the request
 * @param keyId the client's key, for the fairness of the queue; may be empty
 * @param whole whether an answer that is wanted whole may be asked for as one document
 */
public record Ask(InferenceRequest request, String keyId, boolean whole) {
  /** Bytes of the whole request, a measure of its prompt's length. */
  int bytes() {
    return request.body().length;
  }
}
