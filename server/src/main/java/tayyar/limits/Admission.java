package tayyar.limits;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;

/** The limiter's answer. */
public sealed interface Admission {

  /** The strictest limit of requests; null where there is none. */
  @Nullable Left requests();

  /** Go on; the permit must be closed when the request is over. */
  record Granted(Permit permit, @Nullable Left requests) implements Admission {}

  /** Not now. The request was not counted. */
  record Refused(ApiError error, @Nullable Left requests) implements Admission {}
}
