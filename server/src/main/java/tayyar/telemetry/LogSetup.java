package tayyar.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The default logging: one line an event on standard error. Logback finds this class itself. It
 * replaces {@code logback.xml}, whose reading takes some 130 ms of the start.
 *
 * <p>{@code TAYYAR_LOG=text} writes for people, {@code TAYYAR_LOG_LEVEL} takes trace, debug, info,
 * warn, error or off. A file named by {@code -Dlogback.configurationFile} replaces all of it.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
  /** Libraries that log more than an operator wants, whatever our own level is. */
  private static final List<String> QUIET = List.of("io.netty", "org.sqlite");

  /** Called by Logback. */
  public LogSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    apply(context, System.getenv());
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  static void apply(LoggerContext context, Map<String, String> environment) {
    LogLines lines = new LogLines("text".equals(environment.get("TAYYAR_LOG")));
    lines.setContext(context);
    lines.start();
    StandardError standardError = new StandardError();
    standardError.setContext(context);
    standardError.setEncoder(lines);
    standardError.start();
    QUIET.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
    // Whoever asks it for a connection tells that the store is away, once.
    context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
    // Likewise for Redis, which it would try in vain every few seconds with a line each.
    context.getLogger("io.lettuce").setLevel(Level.ERROR);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level(environment.get("TAYYAR_LOG_LEVEL")));
    root.addAppender(standardError);
  }

  private static Level level(@Nullable String name) {
    return Level.toLevel(name == null ? "" : name.strip(), Level.INFO);
  }
}
