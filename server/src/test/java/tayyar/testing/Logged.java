package tayyar.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Captures the log lines of a package of the server, and keeps them off standard error meanwhile.
 */
public final class Logged extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<ILoggingEvent> events = Collections.synchronizedList(new ArrayList<>());
  private final Logger logger;

  private Logged(Logger logger) {
    this.logger = logger;
  }

  /** Captures lines until it is closed. */
  public static Logged of(Class<?> owner) {
    Logger logger = (Logger) LoggerFactory.getLogger(owner.getPackageName());
    Logged log = new Logged(logger);
    log.setContext(logger.getLoggerContext());
    log.start();
    logger.setAdditive(false);
    logger.addAppender(log);
    return log;
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  /** Returns all lines so far. */
  public List<ILoggingEvent> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  /** Returns the number of lines with this message so far. */
  public long count(String message) {
    return events().stream().filter(event -> event.getMessage().equals(message)).count();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setAdditive(true);
    stop();
  }
}
