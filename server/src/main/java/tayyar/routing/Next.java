package tayyar.routing;

import tayyar.api.ApiError;

/** What a request can do next. */
public sealed interface Next {

  /** Try this one. */
  record Go(Try taken) implements Next {}

  /** Wait: all that could answer are full. The answer comes later. */
  record Waiting() implements Next {}

  /** Give up: there is nobody left. */
  record Over(ApiError why) implements Next {}
}
