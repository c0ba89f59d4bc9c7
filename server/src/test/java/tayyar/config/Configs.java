package tayyar.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A configuration as an operator gives it: a file, an environment, flags. */
final class Configs {
  private final Path file;
  private final Map<String, String> environment = new TreeMap<>();

  Configs(Path folder) {
    this.file = folder.resolve("tayyar.yaml");
    environment.put("HOME", folder.toString());
  }

  Configs set(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Path file() {
    return file;
  }

  /** Reads this text as the file, with nothing said by flags. */
  Config read(String yaml) {
    return read(yaml, "", "", "", "");
  }

  Config read(String yaml, String listen, String admin, String store, String model) {
    try {
      // As an editor saves it: half a character becomes a question mark.
      Files.write(file, yaml.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return flags(file.toString(), listen, admin, store, model);
  }

  /** Reads without a file. */
  Config none() {
    return flags("", "", "", "", "");
  }

  Config flags(String config, String listen, String admin, String store, String model) {
    return ConfigReader.read(
        new ConfigReader.Flags(config, listen, admin, store, model), environment);
  }
}
