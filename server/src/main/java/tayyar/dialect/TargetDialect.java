package tayyar.dialect;

import org.jspecify.annotations.Nullable;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Target;

/** The API language of targets, for requests and answers. Immutable. */
public interface TargetDialect {

  /** Returns the path after a target's own path. */
  String path(Endpoint endpoint);

  /** Creates the writer of bodies for one target; called once for each. */
  BodyWriter writer(Target target);

  /**
   * Creates the reader of one answer.
   *
   * @param sink receives the answer's content
   */
  Reading reading(InferenceRequest request, Sink sink);

  /**
   * Returns the request for the rest of an answer that broke off.
   *
   * @param said the text so far, as in {@link Sink#delta}
   * @param tokens its tokens, as far as known
   * @return null where no target can continue the answer
   */
  @Nullable InferenceRequest continued(InferenceRequest request, byte[] said, int tokens);
}
