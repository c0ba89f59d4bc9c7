package tayyar.routing;

import tayyar.api.ApiError;

/** The next step of a request. */
public sealed interface Next {

  /** Try this one. */
  record Go(Try taken) implements Next {}

  /** Wait: all targets that could answer are full. The next step comes later. */
  record Waiting() implements Next {}

  /** Give up: no target is left. */
  record Over(ApiError why) implements Next {}
}
