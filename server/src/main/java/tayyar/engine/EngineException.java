package tayyar.engine;

import java.nio.file.Path;

/** The engine can't be started; the message is one sentence for the operator. */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineException(String message) {
    super(message);
  }

  EngineException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The model's file can't be used as it is. */
  static EngineException file(Path file, String why) {
    return new EngineException(
        "The model file "
            + file
            + " can't be loaded: "
            + why
            + "; put a whole GGUF file there, or take another by --model.");
  }
}
