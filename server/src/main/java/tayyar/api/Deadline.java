package tayyar.api;

import java.time.Duration;

/** The deadlines by name; {@link Bounds} has their values. */
public enum Deadline {
  /** For a client to agree on TLS. */
  HANDSHAKE("handshake", 10),
  /** For the rest of a request that has begun. */
  REQUEST_READ("requestRead", 30),
  /** For the next request on a kept-alive connection. */
  IDLE("idle", 75),
  /** For the first content before the response's head leaves. */
  HEAD_HOLD("headHold", 5),
  /** The silence after which a comment is sent on a stream; zero for never. */
  KEEP_ALIVE("keepAlive", 15),
  /** For the first token. */
  FIRST_TOKEN("firstToken", 5 * 60),
  /** For the next token. */
  BETWEEN_TOKENS("betweenTokens", 60),
  /** For an answer that is asked for as one document. */
  WHOLE("whole", 10 * 60),
  /** For the end of an answer. */
  TOTAL("total", 60 * 60),
  /** For a client that takes no byte at all. */
  CLIENT_STALL("clientStall", 60),
  /** For balancers to notice that the server is not ready, after the stop signal; zero is not. */
  PRE_STOP("preStop", 0),
  /** For running streams after the stop signal; zero is not at all. */
  DRAIN("drain", 30),
  /** For a connection to a target. */
  CONNECT("connect", 5),
  /** For a worker that is being restarted; zero for no wait. */
  WORKER_WAIT("workerWait", 20);

  private final String word;
  private final Duration usual;

  Deadline(String word, int usualSeconds) {
    this.word = word;
    this.usual = Duration.ofSeconds(usualSeconds);
  }

  /** Returns its name in the configuration. */
  public String word() {
    return word;
  }

  /** Whether zero is allowed; all others are at least a millisecond. */
  public boolean mayBeZero() {
    return switch (this) {
      case KEEP_ALIVE, PRE_STOP, DRAIN, WORKER_WAIT -> true;
      default -> false;
    };
  }

  /** Returns the default. */
  Duration usual() {
    return usual;
  }
}
