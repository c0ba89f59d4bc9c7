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

  /**
   * A text from elsewhere as a terminal may show it: what would steer the terminal is shown as a
   * sign, but for line ends and tabs. Of what comes in pieces each may be given by itself.
   */
  static String shown(String text) {
    if (text.chars().noneMatch(Console::steers)) {
      return text;
    }
    var shown = new StringBuilder(text.length());
    text.chars().forEach(c -> shown.append(steers(c) ? sign(c) : (char) c));
    return shown.toString();
  }

  private static boolean steers(int c) {
    return Character.isISOControl(c) && c != '\n' && c != '\t';
  }

  /** Unicode has pictures of the first 32 control characters and of the last of ASCII. */
  private static char sign(int c) {
    return c < ' ' ? (char) ('\u2400' + c) : c == 0x7F ? '\u2421' : '\uFFFD';
  }

  /** Who gives the command, for the audit log. */
  String who() {
    String user = environment.getOrDefault("USER", "");
    return user.isEmpty() ? "command line" : "command line (" + shown(user) + ")";
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
