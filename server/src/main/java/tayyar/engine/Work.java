package tayyar.engine;

import java.util.concurrent.Executor;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Source;

/**
 * What an engine does with its model, on a thread of its own that {@link #run} keeps until {@link
 * #close}. The other methods are safe for use by any thread.
 */
interface Work extends Runnable {
  /** See {@link Engine#open}. */
  Source open(InferenceRequest request, Room room, Executor loop);

  /** See {@link Engine#count}. */
  default Source count(InferenceRequest request, Room room, Executor loop) {
    throw new Refused(new ApiError.ModelNotSupportedOnEndpoint(request.model()));
  }

  /** Its load now. */
  Engine.Stats stats();

  /** See {@link Engine#shelved}. */
  default Engine.Shelved shelved() {
    return new Engine.Shelved(0, 0, 0);
  }

  /** Tokens of one prompt, with its answer where there is one. */
  int contextTokens();

  /** The steps of its thread. */
  Steps steps();

  /** Has its thread end after the step under way. */
  void close();

  /** Frees the model, once the thread has ended. */
  void free();
}
