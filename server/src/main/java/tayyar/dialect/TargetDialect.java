package tayyar.dialect;

import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Target;

/** The API language of targets, for requests and answers. Immutable. */
public interface TargetDialect {

  /**
   * Returns the path after a target's own path; it may have a query.
   *
   * @param form in which an answer is asked for
   */
  String path(Target target, Endpoint endpoint, BodyWriter.Form form);

  /**
   * Returns the lines of a request's head that are this language's own, each with a line end before
   * it; mostly empty.
   */
  default String fields(InferenceRequest request) {
    return "";
  }

  /** Creates the writer of bodies for one target; called once for each. */
  BodyWriter writer(Target target);

  /**
   * Whether a target tells how many tokens the request's prompt has there; it is then asked in the
   * form {@link BodyWriter.Form#COUNT}.
   */
  default boolean counts(Target target, InferenceRequest request) {
    return false;
  }

  /**
   * Creates the reader of such a number, of a target that {@link #counts}.
   *
   * @param sink is told a usage whose prompt has so many tokens, and then the end
   */
  default Reading counting(Sink sink) {
    throw new IllegalStateException("no target of this language counts tokens");
  }

  /**
   * Creates the reader of one answer.
   *
   * @param sink receives the answer's content
   */
  Reading reading(InferenceRequest request, Sink sink);
}
