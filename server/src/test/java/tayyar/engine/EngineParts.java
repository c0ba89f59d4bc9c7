package tayyar.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import tayyar.api.Sampling;

/** Where the tests find llama.cpp's libraries and the default model. */
public final class EngineParts {
  private EngineParts() {}

  /** The folder with the libraries. */
  public static Path natives() {
    return found("TAYYAR_TEST_NATIVES");
  }

  /** The default model's file. */
  public static Path model() {
    return found("TAYYAR_TEST_MODEL");
  }

  private static Path found(String variable) {
    String value = System.getenv(variable);
    if (value == null || !Files.exists(Path.of(value))) {
      throw new IllegalStateException(
          variable + " names nothing that exists; './tayyar test' fetches it and sets it.");
    }
    return Path.of(value);
  }

  /** An engine's configuration as the tests use it: small, and without a prefix cache if asked. */
  public static EngineConfig config(int slots, int contextTokens, boolean prefixCache) {
    return config(model(), slots, contextTokens, prefixCache, 0);
  }

  /** The same of another model, and with so much memory for prompts that no slot holds. */
  static EngineConfig config(
      Path model, int slots, int contextTokens, boolean prefixCache, long promptBytes) {
    return new EngineConfig(
        natives(),
        model,
        "smollm2-135m",
        slots,
        contextTokens,
        1,
        512,
        16,
        prefixCache,
        promptBytes,
        new Sampling(0.7, 0.95, 40, 0.05, 1.1, null, null, null, 1024));
  }
}
