package tayyar.fetch;

import java.nio.file.Path;
import java.util.Map;

/**
 * The folder that keeps what was fetched; shared by all checkouts of one person.
 *
 * @param folder made when needed
 */
public record Cache(Path folder) {

  /**
   * The usual place: {@code $XDG_CACHE_HOME/tayyar}, else {@code $HOME/.cache/tayyar}.
   *
   * @throws FetchException if neither variable is set
   */
  public static Cache ofEnvironment(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    if (Path.of(xdg).isAbsolute()) {
      return new Cache(Path.of(xdg, "tayyar"));
    }
    String home = environment.getOrDefault("HOME", "");
    if (home.isEmpty()) {
      throw new FetchException("HOME is not set; what is fetched is kept below it.");
    }
    return new Cache(Path.of(home, ".cache", "tayyar"));
  }

  Path natives(String release) {
    return folder.resolve("natives").resolve(release);
  }

  Path models() {
    return folder.resolve("models");
  }
}
