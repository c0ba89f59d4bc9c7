package tayyar.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command reads, writes and finds set.
 *
 * @param people whether a person reads the output on a terminal; colours are for people alone
 */
public record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    boolean people) {

  /** The process's own; the launcher says whether it has a terminal. */
  static Console ofProcess() {
    Map<String, String> environment = System.getenv();
    boolean people = Boolean.getBoolean("tayyar.terminal");
    boolean plain = environment.containsKey("NO_COLOR") || "dumb".equals(environment.get("TERM"));
    return new Console(System.in, System.out, System.err, environment, people && !plain);
  }

  String bold(String text) {
    return people ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  String dim(String text) {
    return people ? "\u001b[2m" + text + "\u001b[0m" : text;
  }

  String accent(String text) {
    return people ? "\u001b[1;36m" + text + "\u001b[0m" : text;
  }
}
