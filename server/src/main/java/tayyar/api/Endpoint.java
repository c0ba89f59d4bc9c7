package tayyar.api;

import java.util.Locale;

/** The endpoints at which a model can be asked. */
public enum Endpoint {
  /** A conversation is gone on with. */
  CHAT("/chat/completions"),
  /** A text is gone on with, as it is. */
  COMPLETIONS("/completions"),
  /** Texts become vectors. */
  EMBEDDINGS("/embeddings");

  private final String path;
  private final String word = name().toLowerCase(Locale.ROOT);

  Endpoint(String path) {
    this.path = path;
  }

  /** How logs and metrics name it. */
  public String word() {
    return word;
  }

  /** What stands behind {@code /v1} or a target's own path. */
  public String path() {
    return path;
  }
}
