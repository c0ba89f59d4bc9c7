package tayyar.limits;

import tayyar.api.ApiError;

/** The limiter's answer. */
public sealed interface Admission {

  /** Requests the key may make in 60 seconds. */
  int limit();

  /** The requests that are left of them now, at least 0. */
  int remaining();

  /** Go on; the permit must be closed when the request is over. */
  record Granted(Permit permit, int limit, int remaining) implements Admission {}

  /** Not now. The request was not counted. */
  record Refused(ApiError error, int limit, int remaining) implements Admission {}
}
