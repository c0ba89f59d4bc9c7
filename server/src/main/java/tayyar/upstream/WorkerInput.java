package tayyar.upstream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** What a worker's process is told on its standard input, a JSON object a line. */
final class WorkerInput {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerInput.class);

  /** A worker that was asked to end and still runs is ended. */
  private static final int EXIT_SECONDS = 10;

  private WorkerInput() {}

  /** Tells its share of the cores, where it has one; a process that is gone hears nothing. */
  static void threads(@Nullable Process running, int share) {
    if (running != null && share > 0) {
      tell(running, Map.of("threads", share));
    }
  }

  /** Asks it to end in good order, and waits for that; what does not end is ended. */
  static void end(Process running) {
    tell(running, Map.of("bye", true));
    try {
      running.getOutputStream().close();
      if (!running.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (IOException e) {
      running.destroyForcibly();
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(Process running, Map<String, ?> what) {
    try {
      OutputStream to = running.getOutputStream();
      String line = JsonMapper.shared().writeValueAsString(what) + "\n";
      to.write(line.getBytes(StandardCharsets.UTF_8));
      to.flush();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("pid", running.pid()).log("the worker hears nothing any more");
    }
  }
}
