package tayyar.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the files and sockets that the process may open are shared out, so that none is missing where
 * it must not be: for the store, for an upstream, for the operator's connection.
 *
 * @param most that may be open at once
 */
public record Descriptors(int most) {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\d{1,9}) ");

  /** For the virtual machine, its libraries, the event loops, the store and the workers. */
  private static final int OWN = 128;

  private static final int LEAST = 16;

  /** The process's own; where the system does not tell, as good as any number. Reads a file. */
  public static Descriptors ofProcess() {
    try {
      Matcher found = OPEN_FILES.matcher(Files.readString(LIMITS));
      return new Descriptors(found.find() ? Integer.parseInt(found.group(1)) : Integer.MAX_VALUE);
    } catch (IOException e) {
      return new Descriptors(Integer.MAX_VALUE);
    }
  }

  /** Connections that clients may have, where each may need another one to an upstream. */
  public int clients() {
    return Math.max(LEAST, (most - OWN - operators()) / 2);
  }

  /** Connections that operators may have. */
  public int operators() {
    return Math.max(LEAST, most / 16);
  }
}
