package tayyar.testing;

import tayyar.api.Ended;
import tayyar.api.Outcome;
import tayyar.api.Usage;

/** Requests that are over. */
public final class Endings {
  private Endings() {}

  /** A streamed answer of 20 tokens that went well. */
  public static Ended completed(String requestId, String keyId, String model) {
    return ended(requestId, keyId, model, new Outcome.Completed(), 200);
  }

  /** The same with another end. */
  public static Ended ended(
      String requestId, String keyId, String model, Outcome outcome, int status) {
    return new Ended(
        requestId,
        keyId,
        keyId.isEmpty() ? "" : "sk-...f3c7",
        model,
        "worker",
        1,
        true,
        outcome,
        status,
        new Usage(7, 20, 3, false),
        new Ended.Timing(1_700_000_000_000L, 15_500, 250_250, 8_100, 12_900));
  }

  /** Refused before a target, a token or even a key was found. */
  public static Ended refused(String requestId, String model, Outcome outcome, int status) {
    return new Ended(
        requestId,
        "",
        "",
        model,
        "",
        0,
        false,
        outcome,
        status,
        Usage.NONE,
        new Ended.Timing(1_700_000_000_000L, -1, 120, -1, -1));
  }
}
