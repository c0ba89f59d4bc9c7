package tayyar.dialect;

import org.jspecify.annotations.Nullable;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;

/** Makes the request for the rest of an answer that broke off. */
@FunctionalInterface
public interface Continuing {
  /**
   * Returns the request that another target gets.
   *
   * @param said the text so far, as in {@link Sink#delta}
   * @param tokens its tokens, as far as known
   * @return null where no target can continue the answer
   */
  @Nullable InferenceRequest rest(InferenceRequest request, byte[] said, int tokens);
}
