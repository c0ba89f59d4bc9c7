package tayyar.routing;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.InferenceRequest;
import tayyar.api.Target;

/**
 * The facts that a choice may use.
 *
 * @param request the request
 * @param keyId the client's key, for the fairness of the queue; may be empty
 * @param regions of the targets that may answer; null for any
 * @param whole whether an answer that is wanted whole may be asked for as one document
 */
public record Ask(
    InferenceRequest request, String keyId, @Nullable Set<String> regions, boolean whole) {
  /** Whether a target may answer. */
  boolean allows(Target target) {
    return regions == null || regions.contains(target.access().region());
  }

  /** Bytes of the whole request, a measure of its prompt's length. */
  int bytes() {
    return request.body().length;
  }
}
