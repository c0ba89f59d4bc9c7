package tayyar.api;

/** The bounds by name, in bytes or by number; {@link Bounds} has their values. */
public enum Bound {
  /** Bytes of a request's body. */
  BODY_BYTES("bodyBytesMax", 20 << 20),
  /** Bytes of all header fields of a request. */
  HEADER_BYTES("headerBytesMax", 32 << 10),
  /** Bytes of method, path and version. */
  REQUEST_LINE_BYTES("requestLineBytesMax", 8 << 10),
  /** Bytes of one server-sent event of an upstream. */
  EVENT_BYTES("eventBytesMax", 4 << 20),
  /** Open client connections. */
  CONNECTIONS("connectionsMax", 20_000),
  /** Requests under way at once on one connection of HTTP/2. */
  CONNECTION_STREAMS("connectionStreamsMax", 100),
  /** Requests under way at once. */
  STREAMS("streamsMax", 10_000),
  /** Messages in a conversation. */
  MESSAGES("messagesMax", 4_096),
  /** Texts of one request for embeddings. */
  INPUTS("inputsMax", 2_048),
  /** Bytes of one text for embeddings. */
  INPUT_BYTES("inputBytesMax", 1 << 20),
  /** Bytes of text held for a slow reader, for each choice, before the source is paused. */
  MERGE_BYTES("mergeBytesMax", 64 << 10),
  /** Bytes of text of an answer that is not streamed. */
  WHOLE_BYTES("wholeBytesMax", 16 << 20),
  /**
   * Whole units of the store's currency that the running answers of one organisation may cost
   * beyond what is leased for it, while the store is away.
   */
  OVERRUN("overrunMax", 1);

  private final String word;
  private final int usual;

  Bound(String word, int usual) {
    this.word = word;
    this.usual = usual;
  }

  /** Returns its name in the configuration. */
  public String word() {
    return word;
  }

  /** Whether it may be 0. */
  public boolean mayBeZero() {
    return this == OVERRUN;
  }

  /** Whether it counts bytes. */
  public boolean inBytes() {
    return word.endsWith("BytesMax");
  }

  /** Returns the default. */
  int usual() {
    return usual;
  }
}
