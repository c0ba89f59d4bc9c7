package tayyar.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Secrets, which a configuration names and never holds.
 *
 * @param folder the one that paths are relative to
 */
record Secrets(Path folder, Map<String, String> environment) {
  /** One that an HTTP header may carry. */
  Secret read(String name, String text) {
    return new Secret(text(name, text));
  }

  /** The value of an environment variable, or what a file holds. */
  String text(String name, String text) {
    if (text.startsWith("${") && text.endsWith("}")) {
      String variable = text.substring(2, text.length() - 1);
      String value = environment.getOrDefault(variable, "").strip();
      if (value.isEmpty()) {
        throw new ConfigException(
            "'%s' names the variable %s, which is not set; set it, or leave '%s' out"
                .formatted(name, variable, name));
      }
      return value;
    }
    if (text.startsWith("file:")) {
      String path = Folders.home(text.substring("file:".length()), environment);
      Path file = folder.resolve(Text.path(name, path, "file:gpu.key"));
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new ConfigException(
            "'%s' names the file '%s', which cannot be read; write one that holds the key alone"
                .formatted(name, file));
      }
    }
    throw new ConfigException(
        "'%s' must be \"${NAME}\" of an environment variable, or file:PATH, so that no secret stands in the file"
            .formatted(name));
  }
}
