package tayyar.api;

/** How a request ended: decides the last bytes, the target's mark and the bill. */
public sealed interface Outcome {

  /** The whole answer was given. */
  record Completed() implements Outcome {}

  /** The client left first. */
  record ClientGone() implements Outcome {}

  /** A deadline passed. */
  record TimedOut(Phase phase) implements Outcome {}

  /** Refused, or broken on the way. */
  record Failed(ApiError error) implements Outcome {}

  /** The server was told to stop and the stream outlived the grace. */
  record Draining() implements Outcome {}

  /** What was waited for when a deadline passed. */
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
    CLIENT_READ
  }

  /** One word for logs, metrics and the ledger. */
  default String word() {
    return switch (this) {
      case Completed c -> "completed";
      case ClientGone g -> "client_gone";
      case TimedOut t -> "timed_out";
      case Failed f -> "failed";
      case Draining d -> "draining";
    };
  }
}
