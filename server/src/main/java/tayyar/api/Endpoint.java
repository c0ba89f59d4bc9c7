package tayyar.api;

import java.util.Locale;

/** The endpoints at which a model can be asked. */
public enum Endpoint {
  /** Continues a conversation. */
  CHAT("/chat/completions"),
  /** Continues a plain text. */
  COMPLETIONS("/completions"),
  /** Turns texts into vectors. */
  EMBEDDINGS("/embeddings");

  private final String path;
  private final String word = name().toLowerCase(Locale.ROOT);

  Endpoint(String path) {
    this.path = path;
  }

  /** Returns its name in logs and metrics. */
  public String word() {
    return word;
  }

  /** Returns the path after {@code /v1} or a target's own path. */
  public String path() {
    return path;
  }
}
