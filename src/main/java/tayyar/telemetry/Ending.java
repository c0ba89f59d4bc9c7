package tayyar.telemetry;

import java.util.Locale;
import tayyar.api.ApiError;
import tayyar.api.Outcome;

/**
 * Why a request ended, in a word of a bounded set: what the conventions call {@code error.type}.
 */
final class Ending {
  private Ending() {}

  /** The word, or empty where it ended well. */
  static String of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Completed _ -> "";
      case Outcome.ClientGone _ -> "client_gone";
      case Outcome.Draining _ -> "draining";
      case Outcome.TimedOut late -> "timeout_" + late.phase().name().toLowerCase(Locale.ROOT);
      case Outcome.Failed failed -> of(failed.error());
    };
  }

  /** A code that a target invented is not one of ours. */
  private static String of(ApiError error) {
    String code = error instanceof ApiError.Relayed ? "refused" : error.code();
    return code == null ? "status_" + error.status() : code;
  }
}
