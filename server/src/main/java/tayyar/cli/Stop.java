package tayyar.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A gateway of a command's own, gone with it: at its end or on Ctrl-C, once. */
final class Stop implements AutoCloseable {
  private final Wiring.Running running;
  private final Path folder;
  private volatile @Nullable Talk talk;
  private boolean done;

  /**
   * Takes care of both.
   *
   * @param folder deleted in the end with all that is in it
   */
  Stop(Wiring.Running running, Path folder) {
    this.running = running;
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop"));
  }

  Wiring.Running running() {
    return running;
  }

  /** The conversation to be ended first, so that nothing waits for its answer. */
  void ends(Talk open) {
    talk = open;
  }

  @Override
  public synchronized void close() {
    if (done) {
      return;
    }
    done = true;
    Talk open = talk;
    if (open != null) {
      open.close();
    }
    running.close();
    delete(folder);
  }

  static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LoggerFactory.getLogger(Stop.class)
          .atWarn()
          .addKeyValue("folder", folder)
          .log("a temporary folder is left behind");
    }
  }
}
