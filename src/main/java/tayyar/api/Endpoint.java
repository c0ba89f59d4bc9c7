package tayyar.api;

/** The endpoints at which a model can be asked. */
public enum Endpoint {
  /** A conversation is gone on with. */
  CHAT("/chat/completions"),
  /** A text is gone on with, as it is. */
  COMPLETIONS("/completions"),
  /** Texts become vectors. */
  EMBEDDINGS("/embeddings");

  private final String path;

  Endpoint(String path) {
    this.path = path;
  }

  /** What stands behind {@code /v1} or a target's own path. */
  public String path() {
    return path;
  }
}
