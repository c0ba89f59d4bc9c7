package tayyar.telemetry;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.io.IOException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Standard error, which also takes many lines in one write. */
final class StandardError extends ConsoleAppender<ILoggingEvent> {
  StandardError() {
    setName("stderr");
    setTarget("System.err");
  }

  /** Writes lines that need no encoder. Logback reports a failure, as with its own lines. */
  void write(byte[] lines, int length) {
    streamWriteLock.lock();
    try {
      getOutputStream().write(lines, 0, length);
      getOutputStream().flush();
    } catch (IOException e) {
      addError("standard error takes no lines", e);
    } finally {
      streamWriteLock.unlock();
    }
  }

  /**
   * The standard error of a logger whose lines go only there, as JSON; null where the operator or a
   * test sends them elsewhere.
   */
  static @Nullable StandardError only(Logger logger) {
    LoggerContext all = logger.getLoggerContext();
    String name = logger.getName();
    for (int to = name.length(); to > 0; to = name.lastIndexOf('.', to - 1)) {
      Logger above = all.exists(name.substring(0, to));
      if (above != null && (!above.isAdditive() || above.iteratorForAppenders().hasNext())) {
        return null;
      }
    }
    Iterator<Appender<ILoggingEvent>> last =
        all.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
    return last.hasNext()
            && last.next() instanceof StandardError here
            && !last.hasNext()
            && here.isJson()
        ? here
        : null;
  }

  private boolean isJson() {
    return getEncoder() instanceof LogLines lines && lines.isJson();
  }
}
