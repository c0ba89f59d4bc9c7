package tayyar.config;

import java.nio.file.Path;
import java.util.Map;

/** Where data and caches live: by the environment, never by the password file. */
public final class Folders {
  private Folders() {}

  /** What must not be lost. */
  public static Path data(Map<String, String> environment) {
    return of(environment, "XDG_DATA_HOME", ".local/share");
  }

  /** What can be fetched again. */
  public static Path cache(Map<String, String> environment) {
    return of(environment, "XDG_CACHE_HOME", ".cache");
  }

  private static Path of(Map<String, String> environment, String variable, String under) {
    String folder = environment.getOrDefault(variable, "");
    if (Path.of(folder).isAbsolute()) {
      return Path.of(folder, "tayyar");
    }
    String home = environment.getOrDefault("HOME", "");
    if (home.isEmpty()) {
      throw new ConfigException("HOME is not set; set it, or " + variable + ".");
    }
    return Path.of(home, under, "tayyar");
  }
}
