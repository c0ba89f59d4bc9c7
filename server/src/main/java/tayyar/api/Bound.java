package tayyar.api;

/** What there may be at most of something, in bytes or by number; {@link Bounds} says how much. */
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
  /** Requests under way at once. */
  STREAMS("streamsMax", 10_000),
  /** Messages in a conversation. */
  MESSAGES("messagesMax", 4_096),
  /** Texts of one request for embeddings. */
  INPUTS("inputsMax", 2_048),
  /** Bytes of one of them. */
  INPUT_BYTES("inputBytesMax", 1 << 20),
  /** Bytes of text held for a slow reader, a choice, before its source is paused. */
  MERGE_BYTES("mergeBytesMax", 64 << 10),
  /** Bytes of text of an answer that is not streamed. */
  WHOLE_BYTES("wholeBytesMax", 16 << 20);

  private final String word;
  private final int usual;

  Bound(String word, int usual) {
    this.word = word;
    this.usual = usual;
  }

  /** How the configuration calls it. */
  public String word() {
    return word;
  }

  /** Whether bytes are counted. */
  public boolean inBytes() {
    return word.endsWith("BytesMax");
  }

  /** What applies where the operator says nothing. */
  int usual() {
    return usual;
  }
}
