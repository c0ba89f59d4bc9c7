package tayyar.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The ending of a request; it decides the last bytes, the target's mark and the bill. */
public sealed interface Outcome {

  /** The whole answer was given. */
  record Completed() implements Outcome {}

  /** The client left first. */
  record ClientGone() implements Outcome {}

  /** A deadline passed. */
  record TimedOut(Phase phase) implements Outcome {}

  /** Refused, or broken on the way. */
  record Failed(ApiError error) implements Outcome {}

  /** The balance was used up: the answer ends there, as one that reached its length. */
  record OutOfBalance() implements Outcome {}

  /** The server was told to stop and the stream outlived the grace. */
  record Draining() implements Outcome {}

  /** The event that did not come before a deadline. */
  enum Phase {
    /** The first token of the answer. */
    FIRST_TOKEN,
    /** The next token. */
    BETWEEN_TOKENS,
    /** The answer as one document. */
    WHOLE,
    /** The end of the answer. */
    TOTAL,
    /** The client, who did not read. */
    CLIENT_READ;

    /** Returns its name in logs and the ledger, such as {@code first_token}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the client can no longer be told: it has left, or takes no bytes. */
  default boolean isDeaf() {
    return this instanceof ClientGone || equals(new TimedOut(Phase.CLIENT_READ));
  }

  /** Returns the ending, one of six words, for logs, metrics and the ledger. */
  default String word() {
    return switch (this) {
      case Completed c -> "completed";
      case ClientGone g -> "client_gone";
      case TimedOut t -> "timed_out";
      case Failed f -> "failed";
      case Draining d -> "draining";
      case OutOfBalance o -> "out_of_balance";
    };
  }

  /**
   * Returns the reason of a bad ending, a word of a bounded set: {@code error.type} of
   * OpenTelemetry's conventions. Empty for a good ending.
   */
  default String reason() {
    return switch (this) {
      case Completed _ -> "";
      case ClientGone _, Draining _, OutOfBalance _ -> word();
      case TimedOut late -> reason(late.phase());
      case Failed failed -> reason(failed.error());
    };
  }

  /** Returns the same for an error by itself; codes that targets invented are replaced. */
  static String reason(ApiError error) {
    if (error instanceof ApiError.UpstreamTimeout(Phase late)) {
      return reason(late);
    }
    String code = error instanceof ApiError.Relayed ? "refused" : error.code();
    return code == null ? "status_" + error.status() : code;
  }

  private static String reason(Phase late) {
    return "timeout_" + late.word();
  }

  /**
   * Returns the ledger's {@code error_code}: the client's error, or the deadline that passed; null
   * for none.
   */
  default @Nullable String code() {
    return switch (this) {
      case Failed failed -> failed.error().code();
      case TimedOut late -> late.phase().word();
      case Completed _, ClientGone _, Draining _, OutOfBalance _ -> null;
    };
  }
}
