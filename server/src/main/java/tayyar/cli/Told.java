package tayyar.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tayyar.config.Config;
import tayyar.process.Parent;
import tayyar.process.Signals;

/**
 * What a server is told while it runs: to reload (SIGHUP), to end (SIGTERM, SIGINT, the end of the
 * launcher that holds its standard input, the end of its terminal), and to hurry with that (SIGINT
 * again).
 */
final class Told {
  private static final int HUNG_UP = 129;
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;

  private final Supplier<Config> configuration;
  private final boolean onTerminal = hasTerminal();
  private volatile Wiring.@Nullable Running running;
  private volatile @Nullable Config first;
  private boolean hurrying;

  /**
   * Listens from now on; until {@link #runs} nothing is drained or reloaded.
   *
   * @param in ends with the launcher, where the launcher says so
   * @param configuration reads it anew, and finds what it names
   */
  Told(InputStream in, Supplier<Config> configuration) {
    this.configuration = configuration;
    Signals.on("HUP", this::hungUp);
    if (Boolean.getBoolean("tayyar.parent")) {
      Parent.watch(in, () -> System.exit(TERMINATED));
    }
  }

  /**
   * It is up: an end begins with its drain now.
   *
   * @param found the configuration as it was found at its start
   */
  void runs(Wiring.Running up, Config found) {
    first = found;
    running = up;
    up.onReload(found, configuration);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(up), "drain"));
  }

  private void drain(Wiring.Running up) {
    Thread draining = Thread.currentThread();
    Signals.on("INT", () -> hurry(draining));
    up.leave();
    up.close();
  }

  /** The first time running answers end with an error, the next time at once. */
  private synchronized void hurry(Thread draining) {
    if (hurrying) {
      Runtime.getRuntime().halt(INTERRUPTED);
    }
    hurrying = true;
    draining.interrupt();
  }

  /** A terminal that is closed sends this too, and a server without it is not to stay behind. */
  private void hungUp() {
    Wiring.Running up = running;
    Config asked = first;
    if (onTerminal && !hasTerminal()) {
      System.exit(HUNG_UP);
    } else if (up != null && asked != null) {
      up.reload(asked, configuration);
    }
  }

  private static boolean hasTerminal() {
    try (var terminal = new FileInputStream("/dev/tty")) {
      return terminal.getFD().valid();
    } catch (IOException e) {
      return false;
    }
  }
}
