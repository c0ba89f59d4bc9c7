package tayyar.dialect;

import org.jspecify.annotations.Nullable;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Target;

/** A language in which targets are asked and answer. Immutable. */
public interface TargetDialect {

  /** What stands behind a target's own path. */
  String path(Endpoint endpoint);

  /** How bodies for one target are written; made once for each. */
  BodyWriter writer(Target target);

  /**
   * Reads one answer.
   *
   * @param sink is given what the answer says
   */
  Reading reading(InferenceRequest request, Sink sink);

  /**
   * The request that asks for the rest of an answer that broke off.
   *
   * @param said what the answer has said, as {@link Sink#delta} gives it
   * @param tokens how many those were, as far as is known
   * @return null where no target could go on with it
   */
  @Nullable InferenceRequest continued(InferenceRequest request, byte[] said, int tokens);
}
