package tayyar.grammar;

import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.Refused;

/** Refusals that name a place in the request. */
final class Faults {
  private static final int SHOWN = 100;
  private static final int PLACE_SHOWN = 300;

  private Faults() {}

  static Refused wrong(String where, String detail) {
    return new Refused(new ApiError.InvalidValue(Clip.marked(PLACE_SHOWN, where), detail));
  }

  /** What somebody sent, as short as a message may have it. */
  static String shown(Object value) {
    return Clip.marked(SHOWN, String.valueOf(value));
  }
}
