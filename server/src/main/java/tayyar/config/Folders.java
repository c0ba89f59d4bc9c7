package tayyar.config;

import java.nio.file.Path;
import java.util.Map;

/** Where data lives: by the environment, never by the password file. */
public final class Folders {
  private Folders() {}

  /** The folder for files that must not be lost. */
  public static Path data(Map<String, String> environment) {
    return of(environment, "XDG_DATA_HOME", ".local/share");
  }

  /** A path with HOME in place of a tilde at its beginning. */
  static String home(String path, Map<String, String> environment) {
    boolean under = path.equals("~") || path.startsWith("~/");
    return under ? environment.getOrDefault("HOME", "~") + path.substring(1) : path;
  }

  private static Path of(Map<String, String> environment, String variable, String under) {
    String folder = environment.getOrDefault(variable, "");
    if (folder.startsWith("/")) {
      return Text.path(variable, folder, "/home/me/data").resolve("tayyar");
    }
    String home = environment.getOrDefault("HOME", "");
    if (home.isEmpty()) {
      throw new ConfigException("HOME is not set; set it, or " + variable + ".");
    }
    return Text.path("HOME", home, "/home/me").resolve(under).resolve("tayyar");
  }
}
