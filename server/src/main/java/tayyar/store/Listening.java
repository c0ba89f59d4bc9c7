package tayyar.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Hears of changes at once, by LISTEN. It is a courtesy: whoever has to know a change also looks
 * for it from time to time, so that one that was not heard is only seen later. One thread.
 */
final class Listening implements AutoCloseable {
  private static final int SECOND_MS = 1_000;

  /** Before it connects again. */
  private static final Duration REST = Duration.ofSeconds(1);

  private final Callable<Connection> connect;
  private @Nullable Thread thread;
  private volatile boolean closed;

  Listening(Callable<Connection> connect) {
    this.connect = connect;
  }

  synchronized void start(Runnable changed) {
    thread = Thread.ofPlatform().daemon().name("store-listen").start(() -> run(changed));
  }

  private void run(Runnable changed) {
    while (!closed) {
      try (Connection on = connect.call()) {
        listen(on, changed);
      } catch (Exception e) {
        // The database is away: others say so.
        LockSupport.parkNanos(REST.toNanos());
      }
    }
  }

  private void listen(Connection on, Runnable changed) throws SQLException {
    try (Statement statement = on.createStatement()) {
      statement.execute("LISTEN tayyar");
    }
    PGConnection its = on.unwrap(PGConnection.class);
    changed.run();
    while (!closed) {
      if (its.getNotifications(SECOND_MS).length > 0) {
        changed.run();
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Thread its = thread;
    if (its != null) {
      LockSupport.unpark(its);
    }
  }
}
